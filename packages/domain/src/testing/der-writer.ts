export * from '../der-writer.ts';
