import { type DragEvent, useRef, useState } from 'react';
import { type Dropped, droppedFiles } from './dropped.ts';

/** Takes drops anywhere on an element: files and folders, or text. */
export function useDropZone(onFiles: (dropped: Promise<Dropped>) => void, onText: (text: string) => void) {
  const [over, setOver] = useState(false);
  // Entering a child comes before leaving its parent.
  const inside = useRef(0);
  const move = (by: number) => {
    inside.current = Math.max(0, inside.current + by);
    setOver(inside.current > 0);
  };
  return {
    over,
    handlers: {
      onDragEnter: (event: DragEvent) => {
        event.preventDefault();
        move(1);
      },
      onDragOver: (event: DragEvent) => event.preventDefault(),
      onDragLeave: () => move(-1),
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        inside.current = 0;
        setOver(false);
        const { dataTransfer } = event;
        const text = dataTransfer.getData('text/plain');
        if ([...(dataTransfer.files ?? [])].length > 0) onFiles(droppedFiles(dataTransfer));
        else if (text.trim() !== '') onText(text);
      },
    },
  };
}
