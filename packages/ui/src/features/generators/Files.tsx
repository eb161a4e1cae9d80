import type { GeneratedFile } from '@muster/api';
import { useState } from 'react';
import {
  Button,
  CopyButton,
  Field,
  proseText,
  saidText,
  saveText,
  Tabs,
  TextInput,
} from '../../components/index.ts';
import { TOKEN_PLACEHOLDER } from './kinds.ts';

/** The files, one at a time; each is copied and downloaded as it is shown. */
export function Files({ files, stale }: { files: readonly GeneratedFile[]; stale: boolean }) {
  const [name, setName] = useState(files[0]?.name ?? '');
  // Stays in this window: it is put into what is shown here, and never sent (a join token is a credential).
  const [token, setToken] = useState('');
  const file = files.find((one) => one.name === name) ?? files[0];
  if (!file) return null;
  const takesToken = files.some(({ text }) => text.includes(TOKEN_PLACEHOLDER));
  const textOf = ({ text }: GeneratedFile) =>
    // A function: in a text, $& would be a pattern.
    token.trim() === ''
      ? text
      : text.replaceAll(TOKEN_PLACEHOLDER, () => token.trim().replaceAll(/["\\\s]/g, ''));
  return (
    <section aria-label="Files" className={stale ? 'gen-files stale' : 'gen-files'}>
      <Tabs
        label="Files"
        tabs={files.map((one) => ({ id: one.name, label: proseText(one.name) }))}
        selected={file.name}
        onSelect={setName}
      >
        <div className="gen-file">
          <pre className="mono" tabIndex={0} aria-label={proseText(file.name)}>
            {saidText(textOf(file))}
          </pre>
          <div className="row">
            <Button onClick={() => saveText(file.name, file.mediaType, textOf(file))}>
              Download {proseText(file.name)}
            </Button>
            <span className="copy-line">
              <CopyButton text={textOf(file)} label={`Copy ${proseText(file.name)}`} />
            </span>
            <span className="small">{proseText(file.checked)}</span>
          </div>
        </div>
      </Tabs>
      {takesToken && (
        <Field
          label="Join token"
          optional
          hint="Put into the file shown here, and nowhere else: it is neither sent nor kept."
        >
          <TextInput mono value={token} placeholder="paste it here" onChange={setToken} />
        </Field>
      )}
    </section>
  );
}
