// Before the first paint, so that a dark window never flashes white. The page's own code follows later changes.
(function () {
  var theme = 'system';
  try {
    theme = JSON.parse(localStorage.getItem('muster-window')).state.theme;
  } catch {
    // Never chosen, or not ours: as the system has it.
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
