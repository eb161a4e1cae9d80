import { useEffect, useState } from 'react';

/** The present, renewed every `period` milliseconds while the view is shown. */
export function useNow(period: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), period);
    return () => clearInterval(timer);
  }, [period]);
  return now;
}
