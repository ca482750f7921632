// From single times to the table: minimum and median, ratios pair by pair, and what each time covers.

/** @param {number[]} values */
export function spread(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return { min: sorted[0], median, max: sorted[sorted.length - 1] };
}

const HEAD = ['picture', 'scale', 'threads', 'system', 'min ms', 'median ms', '× ours: min / median / max'];

/** @param {number[]} values */
function times(values) {
    const { min, median } = spread(values);
    return [min.toFixed(0), median.toFixed(0)];
}

function rows({ side, scale, threads, systems }) {
    const start = [`${side}²`, `${scale}x`, `${threads}`];
    return systems.flatMap(({ name, runs, ratios }, k) => {
        const { min, median, max } = spread(ratios);
        const ratio = k > 0 ? [min, median, max].map((value) => value.toFixed(2)).join(' / ') : '';
        const inside = runs.map((run) => run.engineMs).filter((ms) => ms !== undefined);
        return [
            [...start, name, ...times(runs.map((run) => run.ms)), ratio],
            ...(inside.length ? [[...start, `${name}, engine only`, ...times(inside), '']] : []),
        ];
    });
}

function notes({ machine, rounds, cases }) {
    const systems = cases.flatMap((each) => each.systems);
    const isolated = systems.every((system) => system.isolated) ? 'cross-origin isolated' : 'not cross-origin isolated';
    const names = [...new Set(systems.map(({ name }) => name))];
    const aboutSystems = names.map((name, k) => {
        const all = systems.filter((system) => system.name === name);
        const versions = [...new Set(all.map(({ description }) => description))].join(' and ');
        const apart = Math.max(...all.map((system) => system.levelsApart));
        const check = k > 0 ? ` Its picture is within ${apart} of 255 of ours.` : '';
        return `${name}: ${versions}. Time: ${all[0].includes}.${check}`;
    });
    return [
        `${machine.cores} cores (${machine.cpu}), ${machine.platform}, ${machine.browser}, ${isolated}.`,
        `2 rounds to warm up, then ${rounds} rounds in turn; × ours is a peer's time by ours of the same round.`,
        'All enlarge the same picture, as one tile, with the same weights.',
        ...aboutSystems,
    ];
}

/**
 * @param {object} report as run.mjs gathers it
 * @param {boolean} markdown
 */
export function formatReport(report, markdown) {
    const body = report.cases.flatMap(rows);
    const widths = HEAD.map((title, k) => Math.max(...[title, ...body.map((row) => row[k])].map((cell) => cell.length)));
    const line = (cells) => {
        const padded = cells.map((cell, k) => cell.padEnd(widths[k]));
        return markdown ? `| ${padded.join(' | ')} |` : padded.join('  ').trimEnd();
    };
    const rule = line(widths.map((width) => '-'.repeat(width)));
    const list = notes(report).map((note) => (markdown ? `- ${note}` : note));
    return [line(HEAD), rule, ...body.map(line), '', ...list].join('\n');
}
