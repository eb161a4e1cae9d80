import { Button, formatCount, TextInput, proseText } from '../../components/index.ts';
import { type InspectedDocument, isToken, kindName } from './documents.ts';
import { TokenText } from './TokenText.tsx';
import './DocumentList.css';

export interface DocumentListProps {
  readonly documents: readonly InspectedDocument[];
  readonly subject: string | undefined;
  /** The trust domain of the document that is judged. */
  readonly trustDomain: string | undefined;
  readonly onJudge: (id: string) => void;
  readonly onDrop: (id: string) => void;
  readonly onAssign: (id: string, trustDomain: string) => void;
  /** Shows the table of all. */
  readonly onAll: () => void;
}

/** Of more than these, only what concerns the subject is listed; the table has them all. */
const most = 6;

/** What lies on the bench: the document that is judged, and bundles that were given for it. */
export function DocumentList(props: DocumentListProps) {
  const { documents, subject } = props;
  const shown = documents.length > most ? concerned(documents, subject) : documents;
  const hidden = documents.length - shown.length;
  return (
    <>
      <ul className="inspect-documents" aria-label="Given documents">
        {shown.map((document) => (
          <DocumentCard key={document.id} document={document} {...props} />
        ))}
      </ul>
      {hidden > 0 && subject !== undefined && (
        <Button variant="quiet" small className="documents-more" onClick={props.onAll}>
          and {formatCount(hidden)} more: show all
        </Button>
      )}
    </>
  );
}

/** The subject, the bundles that are paired with it, and those that nobody is known for; beside the table, the bundles. */
function concerned(
  documents: readonly InspectedDocument[],
  subject: string | undefined,
): readonly InspectedDocument[] {
  const one = documents.find(({ id }) => id === subject);
  const beside = documents.filter(
    ({ id, authorities, bundleOf }) =>
      id !== subject && authorities && (!one || one.prefers?.includes(id) || (bundleOf ?? '') === ''),
  );
  return [...(one ? [one] : []), ...beside.slice(0, most - 1)];
}

function DocumentCard({
  document,
  subject,
  trustDomain,
  onJudge,
  onDrop,
  onAssign,
}: DocumentListProps & { readonly document: InspectedDocument }) {
  const judged = document.id === subject;
  const { keyCheck, notes = [], once } = document;
  return (
    <li className="card" data-judged={judged}>
      <div className="inspect-document-head">
        <div>
          <strong>{kindName(document)}</strong>
          <span className="small"> · {proseText(document.name)}</span>
        </div>
        <span className="row document-do">
          {!judged && !document.piece && (
            <Button variant="quiet" small onClick={() => onJudge(document.id)}>
              Judge this one
            </Button>
          )}
          <Button
            variant="quiet"
            small
            aria-label={`Remove ${proseText(document.name)}`}
            onClick={() => onDrop(document.id)}
          >
            ✕
          </Button>
        </span>
      </div>
      {judged && isToken(document.kind) && <TokenText token={new TextDecoder().decode(document.bytes)} />}
      {keyCheck && (
        <p className="document-key" data-tone={keyCheck.check.verdict === 'pass' ? 'ok' : 'bad'}>
          {keyCheck.check.verdict === 'pass'
            ? 'The private key belongs to this certificate.'
            : `The private key does not fit: ${keyCheck.check.evidence}`}{' '}
          <span className="small">It was compared here ({proseText(keyCheck.file)}) and not kept.</span>
        </p>
      )}
      {once && (
        <p className="small">
          It holds private keys: it was judged once, at {once.at.toLocaleTimeString()}, and not kept. Give it
          again to judge it by another time.
        </p>
      )}
      {!judged && document.authorities && (
        <div className="inspect-document-use small">
          <span>used as the bundle of</span>
          <TextInput
            aria-label={`Trust domain of ${proseText(document.name)}`}
            mono
            value={document.bundleOf ?? ''}
            placeholder={document.bundleOf === '' ? 'nobody: say whose' : (trustDomain ?? 'trust domain')}
            onChange={(name) => onAssign(document.id, name.trim())}
          />
        </div>
      )}
      {notes.map((note) => (
        <p key={note} className="small document-note">
          {proseText(note)}
        </p>
      ))}
    </li>
  );
}
