// A plot of horizontal bars as SVG, two for each page: with an empty and with a full cache.

const [LEFT, WIDTH, BAR, ROW, TOP, RIGHT] = [270, 420, 12, 36, 78, 70];
/** The colours of ours and of the others, for an empty and a full cache. */
const COLOURS = { own: ['#1f6feb', '#79b8ff'], other: ['#57606a', '#afb8c1'] };

const markup = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A step between the lines of the scale, so that there are at most eight. */
const step = (most) => [50, 100, 200, 250, 500, 1000, 2000].find((one) => most / one <= 8) ?? most;

/**
 * The plot.
 *
 * @param {string} title
 * @param {string} note How and where it was measured.
 * @param {{ title: string, own: boolean, cold: number, warm: number }[]} rows Times in milliseconds.
 */
export function plot(title, note, rows) {
  const sorted = rows.toSorted((a, b) => a.cold - b.cold);
  const most = Math.max(...rows.flatMap(({ cold, warm }) => [cold, warm]));
  const x = (value) => ((value / most) * WIDTH).toFixed(1);
  const height = TOP + sorted.length * ROW + 28;
  const bottom = TOP + sorted.length * ROW;
  const scale = [];
  for (let value = 0; value <= most; value += step(most)) {
    const at = LEFT + Number(x(value));
    scale.push(
      `<line x1="${at}" y1="${TOP - 6}" x2="${at}" y2="${bottom}" stroke="#d0d7de"/>`,
      `<text x="${at}" y="${bottom + 16}" text-anchor="middle" fill="#57606a">${value}</text>`,
    );
  }
  const bars = sorted.flatMap(({ title, own, cold, warm }, at) => {
    const y = TOP + at * ROW;
    const [empty, full] = COLOURS[own ? 'own' : 'other'];
    const bar = (value, offset, colour) =>
      `<rect x="${LEFT}" y="${y + offset}" width="${x(value)}" height="${BAR}" fill="${colour}"/>` +
      `<text x="${LEFT + Number(x(value)) + 4}" y="${y + offset + 10}">${Math.round(value)}</text>`;
    return [
      `<text x="${LEFT - 8}" y="${y + 17}" text-anchor="end"${own ? ' font-weight="bold"' : ''}>${markup(title)}</text>`,
      bar(cold, 1, empty),
      bar(warm, 1 + BAR + 1, full),
    ];
  });
  const key = [
    ['empty cache', 0],
    ['full cache', 1],
  ].map(([name, which], at) => {
    const from = LEFT + at * 130;
    const box = (offset, colour) => `<rect x="${from + offset}" y="50" width="10" height="10" fill="${colour}"/>`;
    return `${box(0, COLOURS.own[which])}${box(12, COLOURS.other[which])}<text x="${from + 28}" y="59">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + RIGHT} ${height}" width="${LEFT + WIDTH + RIGHT}" height="${height}" font-family="sans-serif" font-size="12" role="img">
<title>${markup(title)}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="12" y="22" font-size="15" font-weight="bold">${markup(title)}, milliseconds</text>
<text x="12" y="40" fill="#57606a">${markup(note)}</text>
${[...key, ...scale, ...bars].join('\n')}
</svg>
`;
}
