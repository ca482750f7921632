// Words and figures for people: sizes, durations, file names.

/** @param {number} width @param {number} height */
export function size(width, height) {
    return `${width} × ${height}`;
}

/** @param {number} bytes */
export function megabytes(bytes) {
    if (bytes < 1e5) {
        return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
    }
    return bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** "a, b and c". @param {unknown[]} items */
export function listed(items) {
    return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A duration as one would say it: "0.8 s", "12 s", "3 min 20 s". @param {number} ms */
export function duration(ms) {
    if (ms < 9950) {
        return `${(ms / 1000).toFixed(1)} s`;
    }
    const seconds = Math.round(ms / 1000);
    if (seconds < 60) {
        return `${seconds} s`;
    }
    const minutes = Math.floor(seconds / 60);
    return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A time left: never more precise than it can be known. @param {number} ms */
export function timeLeft(ms) {
    if (ms < 1500) {
        return 'almost done';
    }
    const seconds = ms < 20e3 ? Math.ceil(ms / 1000) : Math.ceil(ms / 5000) * 5;
    return `about ${duration(seconds * 1000)
        .replace(/\.0 s/, ' s')
        .replace(/ 0 s$/, '')} left`;
}

/** @param {string} name of the file that was enlarged @param {import('../tabs/enlarge_options.js').Options} options */
export function downloadName(name, { model, scale, denoise, format }) {
    const stem = name.replace(/\.[^.]{1,5}$/, '') || 'picture';
    const family = model === 'se' ? '' : `${model}_`;
    return `${stem}_${scale}x_${family}${/^\d$/.test(denoise) ? `denoise${denoise}` : denoise}.${format}`;
}

/** Whether a result was made with these options. @param {string} madeWith @param {import('../tabs/enlarge_options.js').Options} options */
export function isSame(madeWith, options) {
    return madeWith === JSON.stringify(options);
}

/**
 * `name`, or the first of "name (2)", "name (3)" … that is not taken; then that one is.
 * @param {Set<string>} taken
 * @param {string} name
 */
export function unlike(taken, name) {
    const dot = name.lastIndexOf('.');
    let free = name;
    for (let n = 2; taken.has(free); n++) {
        free = `${name.slice(0, dot)} (${n})${name.slice(dot)}`;
    }
    taken.add(free);
    return free;
}
