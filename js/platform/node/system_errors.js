// Turns errors of the system into sentences: "ENOSPC: no space left on device, write" becomes a sentence that names the file.
import { sentence } from '../../errors.js';

/** The message about a file for each error code of the system. @type {Record<string, (path: string) => string>} */
const SENTENCES = {
    EACCES: (path) => `There is no permission to use ${path}`,
    EPERM: (path) => `There is no permission to use ${path}`,
    EROFS: (path) => `The disk that holds ${path} can only be read`,
    ENOSPC: (path) => `There is no room left on the disk that holds ${path}`,
    EDQUOT: (path) => `Your share (quota) of the disk that holds ${path} is used up`,
    EFBIG: (path) => `${path} would become larger than the system allows a file to be`,
    ENOENT: (path) => `There is no such file or folder as ${path}`,
    ENOTDIR: (path) => `On the way to ${path} there is a file where a folder should be`,
    EISDIR: (path) => `Expected a file but ${path} is a folder`,
    EEXIST: (path) => `There is something already at ${path}`,
    ENOTEMPTY: (path) => `The folder ${path} is not empty`,
    EMFILE: (path) => `Too many files are open, so that ${path} cannot be opened`,
    ENFILE: (path) => `Too many files are open on this computer, so that ${path} cannot be opened`,
    ENAMETOOLONG: (path) => `A name in the path ${path} is too long for the system, or the whole path is`,
    ELOOP: (path) => `The symbolic links on the way to ${path} lead in a circle`,
    EBUSY: (path) => `Something else is using ${path}`,
    ETXTBSY: (path) => `Something else is using ${path}`,
    EIO: (path) => `The disk that holds ${path} failed to read or write it`,
    ESTALE: (path) => `The network folder that holds ${path} is not there any more`,
    ENXIO: (path) => `There is nothing at the other end of ${path}`,
    ENODEV: (path) => `There is nothing at the other end of ${path}`,
    EPIPE: (path) => `Nobody reads ${path} any more`,
    EXDEV: (path) => `${path} cannot be moved from one disk to another`,
    ENOMEM: (path) => `The system has no memory left to use ${path}`,
    ERR_FS_FILE_TOO_LARGE: (path) => `${path} has more than 2 GiB`,
};

/** The codes for too little space. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * The end of a sentence that says why a file, whose name the user does not know, could not be written.
 * @param {unknown} error
 */
export function whyUnwritten(error) {
    const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
    return FULL.includes(code) ? 'the disk is full' : sentence(readableError(error, 'it'));
}

// the calls in Node's errors about connections, which have no path
const CALLS_OF_THE_NETWORK = /^(connect|getaddrinfo|query\w*|accept|listen|bind)$/;

/**
 * The error with its sentence, and with the system's name for it (ENOSPC) as `code`; any other error as it is.
 * @param {unknown} error
 * @param {string} [path] the user's name for the file, if it is not the one in the error
 */
export function readableError(error, path) {
    if (!isOfTheSystem(error)) return error;
    const { code, syscall = '', path: own } = error;
    const name = path ?? own ?? 'the file';
    if (syscall.startsWith('spawn'))
        return coded(`The program ${name} could not be started: there is none, or none that may be run`, error);
    return coded(SENTENCES[code]?.(name) ?? `The system refused ${syscall} of ${name} (${code})`, error);
}

/**
 * @param {unknown} error
 * @returns {error is Error & { code: string, syscall?: string, path?: string }}
 */
function isOfTheSystem(error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
    const call = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : undefined;
    return error.code === 'ERR_FS_FILE_TOO_LARGE' || (call !== undefined && !CALLS_OF_THE_NETWORK.test(call));
}

/**
 * @param {string} words
 * @param {Error & { code: string }} cause
 */
function coded(words, cause) {
    return Object.assign(new Error(words, { cause }), { code: cause.code });
}
