import { Button, TextInput, proseText } from '../../components/index.ts';
import { type InspectedDocument, isToken, kindNames } from './documents.ts';
import { TokenText } from './TokenText.tsx';

export interface DocumentListProps {
  readonly documents: readonly InspectedDocument[];
  readonly subject: string | undefined;
  /** The trust domain of the document that is judged. */
  readonly trustDomain: string | undefined;
  readonly onJudge: (id: string) => void;
  readonly onDrop: (id: string) => void;
  readonly onAssign: (id: string, trustDomain: string) => void;
}

/** What lies on the bench: the document that is judged, and bundles that were given for it. */
export function DocumentList({
  documents,
  subject,
  trustDomain,
  onJudge,
  onDrop,
  onAssign,
}: DocumentListProps) {
  return (
    <ul className="inspect-documents" aria-label="Given documents">
      {documents.map((document) => {
        const judged = document.id === subject;
        return (
          <li key={document.id} className="card" data-judged={judged}>
            <div className="inspect-document-head">
              <div>
                <strong>
                  {document.authorities && document.kind === 'x509-svid' && !judged
                    ? 'CA certificates'
                    : kindNames[document.kind]}
                </strong>
                <span className="small"> · {proseText(document.name)}</span>
              </div>
              <Button
                variant="quiet"
                small
                aria-label={`Remove ${proseText(document.name)}`}
                onClick={() => onDrop(document.id)}
              >
                ✕
              </Button>
            </div>
            {isToken(document.kind) && <TokenText token={new TextDecoder().decode(document.bytes)} />}
            {!judged && document.authorities && (
              <div className="inspect-document-use small">
                <span>used as the bundle of</span>
                <TextInput
                  aria-label={`Trust domain of ${proseText(document.name)}`}
                  mono
                  value={document.bundleOf ?? ''}
                  placeholder={trustDomain ?? 'trust domain'}
                  onChange={(name) => onAssign(document.id, name.trim())}
                />
              </div>
            )}
            {!judged && (
              <Button variant="quiet" small onClick={() => onJudge(document.id)}>
                Judge this one
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
