// Runs before the first paint, so that a chosen theme does not flash. What it reads, settings/device.ts writes.
try {
  const look = JSON.parse(localStorage.getItem('posthorn.look') ?? '{}');
  if (look.theme === 'light' || look.theme === 'dark') document.documentElement.dataset.theme = look.theme;
  if (look.density === 'compact' || look.density === 'roomy') document.documentElement.dataset.density = look.density;
} catch {
  // Storage is closed or holds something else: the system's theme is right then.
}
