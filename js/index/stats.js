// Counts the pictures, results and tags of an index.

/**
 * @param {import('./database.js').Database} database
 * @returns {Promise<import('../types.js').IndexStats>}
 */
export async function stats(database) {
    const [{ pictures }] = await database.all('SELECT count(*) AS pictures FROM pictures');
    const [{ page_count: pages }] = await database.all('PRAGMA page_count');
    const [{ page_size: size }] = await database.all('PRAGMA page_size');
    const rows = await database.all(
        `SELECT name, sha256, dims, count(picture) AS pictures,
            used = (SELECT max(used) FROM models AS other WHERE other.name = models.name) AS current
            FROM models LEFT JOIN looks ON looks.model = models.id GROUP BY models.id ORDER BY name, used`,
    );
    const models = rows
        .filter(({ current }) => current)
        .map(({ name, sha256, dims, pictures: seen }) => {
            const stale = rows.filter((row) => row.name === name && !row.current).reduce((sum, row) => sum + row.pictures, 0);
            return { name, sha256, dims, pictures: seen, stale, missing: pictures - seen - stale };
        });
    return { pictures, bytes: pages * size, models };
}

/**
 * The tags that pictures have, the most frequent first.
 * @param {import('./database.js').Database} database
 * @returns {Promise<import('../types.js').TagCount[]>}
 */
export async function tagCounts(database) {
    return /** @type {any[]} */ (
        await database.all(
            `SELECT name, category, count(DISTINCT picture) AS pictures FROM tags JOIN tag_names ON tag_names.id = tags.tag
                GROUP BY tag ORDER BY pictures DESC, name`,
        )
    );
}
