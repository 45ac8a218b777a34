// Many calls against the Graph client: the measurements, the bars, and their part of RESULTS.md.
import { cpus, loadavg } from 'node:os';
import { all, get, mixed } from './get.mjs';

const whole = (number) => Math.round(number).toLocaleString('en');
const counted = ({ asked, preflights }) =>
  `${whole(asked)} requests and ${whole(preflights)} ${preflights === 1 ? 'preflight' : 'preflights'}`;

/** Gives `text`, the part of RESULTS.md, and `missed`, a sentence for each missed bar. */
export async function measureCalls(exo365, out) {
  const rows = [];
  const missed = [];
  /** A row of times; `bar`: so many times as quick as the peer. */
  const row = (what, ours, theirs, bar) => {
    const ratio = theirs / ours;
    const kept = bar === undefined ? '' : ratio >= bar ? 'kept' : 'missed';
    if (kept === 'missed') missed.push(`${what}: ${ratio.toFixed(1)} times as quick, not ${bar}`);
    rows.push(`| ${what} | ${whole(ours)} ms | ${whole(theirs)} ms | ${ratio.toFixed(1)} x | ${bar ?? ''} | ${kept} |`);
  };

  const numbers = [];
  for (const item of [5, 100])
    for (const allAtOnce of [false, true]) {
      const many = await get(exo365, out, { item, allAtOnce, times: item > 5 ? 1 : 3 });
      const service = allAtOnce ? 'all items of a batch at once' : 'four items of a batch at a time';
      const what = `${many.count} messages by id, ${item} ms an item; the service starts ${service}`;
      row(what, many.exo365.first, many.graph.first, item > 5 ? undefined : allAtOnce ? 9 : 10);
      row(`${what}; once more without preflights`, many.exo365.again, many.graph.again);
      if (!numbers.length) numbers.push(`exo365 sent ${counted(many.exo365)}, the Graph client ${counted(many.graph)}`);
    }
  const list = await all(exo365, out);
  row(`all of ${whole(list.count)} messages, nobody names a page size`, list.exo365.took, list.graph.took, 8);
  numbers.push(`For the list, exo365 sent ${counted(list.exo365)}, the Graph client ${counted(list.graph)}`);
  for (const hideHeader of [true, false]) {
    const told = await mixed(exo365, out, { hideHeader, times: hideHeader ? 4 : 2 });
    const what = `${told.calls} mixed calls in rounds of 200, every third refused, \`Retry-After\` ${hideHeader ? 'hidden' : 'shown'}: failed`;
    const kept = told.exo365.failed === 0 ? 'kept' : 'missed';
    if (told.exo365.failed) missed.push(`${what}: ${told.exo365.failed}, not 0`);
    rows.push(`| ${what} | ${told.exo365.failed} | ${told.graph.failed} | | 0 | ${kept} |`);
  }
  const text = `## Many calls

${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores; load of the machine ${loadavg()[1].toFixed(1)}.

| what | exo365 | Graph client | | bar | |
|---|---:|---:|---:|---:|---|
${rows.join('\n')}

exo365 makes all calls at once, the Graph client four at a time: it has no queue, and a fifth is answered with 429. Both ask another
origin with \`Authorization\`, in fresh profiles with four open connections. The simulated network takes 25 ms in each direction, for
preflights as well. The service takes the named time for a call, and for a batch, and for each of its items; where it starts all items of
a batch at once, it refuses those above four with \`Retry-After: 7\`. By id, medians of three rounds with 5 ms, one round with 100 ms; no
call failed on either side. ${numbers.join('. ')}. "Once more" is in the same page, whose browser has cached the preflights.
Mixed calls are 100 changes and 100 reads; every third request is refused during the first five seconds.
`;
  return { text, missed };
}
