// Narrows the list while one types, where all of it is on the page. Without it the form asks the server.
(() => {
  const box = document.getElementById('filter');
  const status = document.getElementById('status');
  const table = document.querySelector('table[data-pages="1"]');
  if (!box || !status || !table || box.value) return;
  const before = [...status.childNodes];
  const rows = [...table.querySelectorAll('tbody tr:not(.up)')].map(row => [row, row.querySelector('bdi').textContent.toLowerCase()]);
  box.addEventListener('input', () => {
    const text = box.value.toLowerCase();
    const live = text !== '' && !/[*?]/.test(text);
    let shown = 0;
    for (const [row, name] of rows) {
      row.hidden = live && !name.includes(text);
      if (!row.hidden) shown++;
    }
    const line = document.createElement('p');
    line.className = 'found';
    line.textContent = `${shown} of ${rows.length} shown`;
    status.replaceChildren(...(live ? [line] : before));
  });
})();
