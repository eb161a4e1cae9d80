import type { ReactNode } from 'react';
import './Page.css';

interface Props {
  title: ReactNode;
  /** Beside the title: how many, and as of when. */
  count?: ReactNode;
  actions?: ReactNode;
  /** Search and filters. */
  toolbar?: ReactNode;
  children: ReactNode;
  /** The keys that work here. */
  footer?: ReactNode;
  detail?: ReactNode;
  /** Scrolls as a document; a list scrolls inside itself. */
  scroll?: boolean;
}

/** The frame of every page: heading, tools, the work, a footer; the selected thing at the right. */
export function Page({ title, count, actions, toolbar, children, footer, detail, scroll }: Props) {
  return (
    <div className="page">
      <div className="page-main">
        <div className="page-bar">
          <h1>{title}</h1>
          {count && <span className="page-count num">{count}</span>}
          <span className="grow" />
          {actions && <div className="row">{actions}</div>}
        </div>
        {toolbar && <div className="page-bar page-tools">{toolbar}</div>}
        <div className={scroll ? 'page-body page-scroll' : 'page-body'}>{children}</div>
        {footer && <div className="page-foot">{footer}</div>}
      </div>
      {detail}
    </div>
  );
}
