// A site may demand Trusted Types (require-trusted-types-for 'script'), of its workers too. A worker then starts no other without a policy:
// the engine's threads are scripts of its own origin, and these are let through.

export function trustOwnScripts() {
    const { trustedTypes } = /** @type {any} */ (globalThis);
    try {
        trustedTypes?.createPolicy('default', { createScriptURL: ownScript });
    } catch {
        // the site allows no such policy, or has one already
    }
}

/** @param {string} url */
function ownScript(url) {
    const { href, origin } = globalThis.location;
    return new URL(url, href).origin === origin ? url : undefined; // undefined: refused
}
