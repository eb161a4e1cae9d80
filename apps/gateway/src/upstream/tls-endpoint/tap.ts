import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** A handshake takes far less. */
const most = 1024 * 1024;

/** A socket that a TLS handshake goes through, with what came kept beside it. */
export class Tap extends Duplex {
  readonly #socket: Socket;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (part: Buffer) => {
      this.#size += part.length;
      if (this.#size > most) {
        this.destroy(Object.assign(new Error('too much'), { code: 'MUSTER_TOO_MUCH' }));
        return;
      }
      this.#parts.push(part);
      if (!this.push(part)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** All that came so far. */
  get received(): Buffer {
    return Buffer.concat(this.#parts);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(part: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(part, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
