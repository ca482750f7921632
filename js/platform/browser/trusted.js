// A site may require Trusted Types (require-trusted-types-for 'script'), also in workers. A worker then needs a policy to start another worker.
// The engine's threads are scripts of the same origin; the policy allows these.

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
