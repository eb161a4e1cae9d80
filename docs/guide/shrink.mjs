import { crc32, deflateSync } from 'node:zlib';

/**
 * Writes a picture anew with at most 256 colours, which a console never misses, at a third of the size.
 * @param {import('@playwright/test').Page} page a blank one, which decodes
 * @param {Buffer} png
 */
export async function shrink(page, png) {
  const { width, height, palette, pixels } = await page.evaluate(toPalette, png.toString('base64'));
  const indices = Buffer.from(pixels, 'base64');
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) indices.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a pixel, by palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette)),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** Runs in the page: a palette, and for each pixel the nearest of it. */
async function toPalette(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const colourAt = (at) => (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) counts.set(colourAt(at), (counts.get(colourAt(at)) ?? 0) + 1);
  const parts = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];
  const far = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => parts(colour));
  const palette = frequent.slice(0, 128);
  // Then those that are least like any of these: a small red figure must stay red.
  const rest = frequent.slice(128).map((mine) => ({
    mine,
    error: Math.min(...palette.map((one) => far(one, mine))),
  }));
  while (palette.length < 256 && rest.length > 0) {
    const { mine } = rest.reduce((worst, one) => (one.error > worst.error ? one : worst));
    palette.push(mine);
    for (const one of rest) one.error = Math.min(one.error, far(mine, one.mine));
  }
  const nearest = new Map();
  for (const colour of counts.keys()) {
    const mine = parts(colour);
    const distances = palette.map((one) => far(one, mine));
    nearest.set(colour, distances.indexOf(Math.min(...distances)));
  }
  let text = '';
  for (let at = 0; at < data.length; at += 4) text += String.fromCharCode(nearest.get(colourAt(at)));
  return { width, height, palette: palette.flat(), pixels: btoa(text) };
}
