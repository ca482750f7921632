// The interface (types) of a store of pictures. embedded.js implements it with the package's index, remote.js with collections in Milvus and
// PostgreSQL.

/**
 * @typedef {import('acg2vec').Tag} Tag
 *
 * @typedef {{ name: string, bytes: Buffer }} GivenPicture
 * @typedef {{ name: string, id?: string, outcome: string, error?: string }} Kept id: undefined if the picture failed
 *
 * @typedef {object} Found
 * @property {string} id
 * @property {string} path of the file, or `sha256:` and the hash of a picture that was uploaded
 * @property {number} score -1 to 1, the best first
 * @property {number} width
 * @property {number} height
 *
 * @typedef {Omit<Found, 'score'> & { sha256: string, bytes: number }} ListedPicture
 * @typedef {ListedPicture & { tags: Tag[] }} StoredPicture
 *
 * @typedef {object} Narrowing
 * @property {number} limit
 * @property {string[]} [tags] that a picture must have
 * @property {string[]} [notTags]
 *
 * @typedef {{ signal: AbortSignal, maxPixels?: number }} Call
 *
 * @typedef {object} Store
 * @property {(pictures: GivenPicture[], call: Call) => Promise<Kept[]>} add stores vectors, not the pictures; pictures with equal
 *   bytes are one picture
 * @property {(text: string, narrowing: Narrowing, call: Call) => Promise<Found[]>} searchText
 * @property {(picture: Buffer, narrowing: Narrowing, call: Call) => Promise<Found[]>} searchImage
 * @property {(like: string[], unlike: string[], narrowing: { limit: number }, call: Call) => Promise<Found[]>} recommend
 * @property {(id: string) => Promise<StoredPicture | undefined>} get
 * @property {(after: string, limit: number) => Promise<ListedPicture[]>} list a page of all pictures, by id: those after the id `after`;
 *   '': from the beginning
 * @property {() => Promise<void>} check fails if the store cannot be reached
 * @property {() => Promise<void>} close
 */

export {};
