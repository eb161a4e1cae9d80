import { Button } from './Button.tsx';
import { useToast } from './Toast.tsx';
import { Tooltip } from './Tooltip.tsx';

/** Copies the address of the page as it is shown, for whoever else has this console. */
export function CopyLink({ children = 'Copy link' }: { children?: string }) {
  const toast = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      toast('Copied the link.');
    } catch {
      toast('The browser did not let the link be copied. Take it from the address bar.', 'bad');
    }
  };
  return (
    <Tooltip content="The address of this page holds the search, the filters, the order and what is open.">
      <Button small variant="quiet" onClick={() => void copy()}>
        {children}
      </Button>
    </Tooltip>
  );
}
