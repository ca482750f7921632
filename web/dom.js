// The elements of the page, by id.

/** @param {string} id @returns {any} */
export const $ = (id) => document.getElementById(id);
