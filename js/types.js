// The types that users of the package see, in one place. No code.

/** @typedef {import('./client/engine.js').Engine} Engine */

/**
 * @typedef {'NO_MEMORY' | 'BAD_FORMAT' | 'BAD_ARGUMENT' | 'UNSUPPORTED' | 'CANCELLED' | 'INTERNAL' | 'NOT_FOUND' | 'UNREADABLE' | 'BAD_MODEL'} ErrorCode
 *   NOT_FOUND: a file or a folder that every picture needs is nowhere: a model's file, or the folder for temporary files.
 *   UNREADABLE: the picture itself could not be fetched or read. BAD_MODEL: a model's file has not the bytes that the manifest promises.
 */

/** @typedef {{ data: ArrayBufferView, width: number, height: number, channels: 3 | 4 }} Pixels RGB, or RGBA with straight alpha */

/**
 * @typedef {Blob | URL | string | ArrayBuffer | ArrayBufferView | ImageData | ImageBitmap | Pixels} Source
 *   A picture: a file's bytes, where to read them (in Node also a path), or pixels.
 */

/**
 * @typedef {object} Progress
 * @property {'models' | 'upscale' | 'embed' | 'describe'} stage what is under way
 * @property {number} done bytes (models) or steps (the others)
 * @property {number} total
 * @property {number} [etaMs] time left of this stage, once it can be told
 * @property {string} [model] of models: the id of the one that is opened
 * @property {{ pass: number, passes: number, tile: number, columns: number, rows: number, side: number }} [work] of upscale: in
 *   pass `pass` (from 0) over the picture, all tiles before `tile` (from 0, row by row) are through; a tile has `side` pixels
 *   of the input
 */

/**
 * @typedef {object} Tile a finished part of the output picture
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {3 | 4} channels
 * @property {number} frame of an animation, from 0
 * @property {Uint8Array<ArrayBuffer>} data rows without gaps
 */

/**
 * @typedef {string | URL | Record<string, string | URL> | WebAssembly.Module} WasmLocation
 *   Where the engine's .wasm files are: a prefix, a map from file name to URL, or the compiled module of the build that
 *   suits the machine (with shared memory: a build with threads).
 */

/**
 * @typedef {Response | Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | string | URL} ModelContent a file, or its URL
 * @typedef {(path: string, options: { signal?: AbortSignal }) => ModelContent | Promise<ModelContent>} ModelReader
 * @typedef {string | URL | Record<string, string | URL> | ModelReader} ModelLocation
 *   Where the weights are: a prefix (in Node also a folder), a map from a file's path in the manifest to its URL, or a
 *   function that tells for such a path what is there: a URL, or the file itself, such as one that the user chose, which is read
 *   in pieces and not kept. Whatever they come from, a published SHA-256 is checked.
 */

/**
 * @typedef {object} EngineOptions
 * @property {number} [threads] at most; the default is the number of cores, up to 8
 * @property {WasmLocation} [wasm]
 * @property {ModelLocation} [models]
 * @property {AbortSignal} [signal] closes the engine
 * @property {(progress: Progress) => void} [onProgress] for the calls that have none of their own
 * @property {(warning: string) => void} [onWarning] hears, in a sentence, of a model's file on this computer that was damaged, so that
 *   another copy was taken, or it was fetched again
 */

/**
 * @typedef {object} UpscaleOptions
 * @property {2 | 3 | 4} [scale] default 2
 * @property {'se' | 'pro' | 'nose'} [model] default 'se'
 * @property {'conservative' | 'none' | '1' | '2' | '3' | 1 | 2 | 3} [denoise] default 'conservative'
 * @property {number} [strength] of the change, 0.5 to 1.5, default 1: as published
 * @property {'auto' | number} [tile] side of a tile in pixels of the input, 16 to 4096, default 'auto'
 * @property {'exact' | 'fast' | 'off'} [sync] default 'exact': the result is that of the picture as one tile, for any tile;
 *   'fast': the picture's statistics are estimated from patches spread over it; 'off': each tile sees its own, which shows
 * @property {boolean} [tta] the average of the eight mirrored and turned pictures; takes 8 times as long, with 'exact' 15
 *   times; default false
 * @property {number} [memory] bytes of the engine's memory for the picture and the work on it, default 640 MiB
 * @property {boolean | string} [temp] whether exact tiles may keep what that does not hold in a temporary file, default true; in
 *   Node also the folder for it. Without it, or the room for it, they take up to three times as long
 * @property {'png' | 'webp' | 'jpg' | 'pixels'} [format] default 'png', which keeps 16 bits a sample; the files carry the
 *   picture's colour profile; jpg has no transparency and lays the picture on white;
 *   an animation (GIF, PNG, WebP) becomes an animated png or webp and is refused for the others
 * @property {number} [quality] of webp and jpg, 1 to 100, default 90; webp of quality 100 is lossless
 * @property {'none' | 'keep'} [metadata] 'keep': the file gets EXIF (its orientation applied, its size corrected), XMP and the
 *   text of a PNG, as far as its format has these; default 'none', since they may tell where and by whom a picture was made. The
 *   colour profile is always kept
 * @property {'exact' | 'near' | 'off'} [grey] which pictures count as grey, so that no colour comes into them: default 'exact', those
 *   whose three colours are equal everywhere; 'near': also those that are nearly grey, as the noise of a JPEG makes them; 'off': none.
 *   A grey picture becomes a png or jpg of one channel, unless it has a colour profile of RGB
 * @property {'refuse' | 'keep'} [damaged] what becomes of a file that is cut short or damaged: default 'refuse'; 'keep': it is filled up
 *   to what is there, which a warning tells
 * @property {boolean} [guard] true: what the network gets grossly wrong, as some do with large areas of pure colour, is enlarged plainly
 *   (bicubic) instead; a warning tells how much. Default false: a warning alone
 * @property {number} [maxPixels] the most pixels that a picture may have, default 2^28 (268 megapixels)
 * @property {AbortSignal} [signal] stops the work within one step; the engine stays usable
 * @property {(progress: Progress) => void} [onProgress]
 * @property {(tile: Tile) => void} [onTile]
 * @property {(chunk: Uint8Array<ArrayBuffer>) => void} [onChunk] takes the output's bytes as they come; the result then
 *   has neither blob nor pixels
 */

/**
 * @typedef {'whole' | 'off' | 'fast' | 'exact' | 'exact16' | 'exact-file' | 'twice' | 'twice16' | 'twice-file' | 'again'} TilePlan
 *   How tiles came to the picture's statistics: one tile; not at all; from samples; in passes between which everything is
 *   kept, as floats, at 16 bits or in a temporary file, with or without a last pass that computes all again; or computed again in each pass.
 */

/**
 * @typedef {object} UpscaleResult
 * @property {Blob} [blob] a picture file, with a format that is one
 * @property {Uint8Array<ArrayBuffer>} [pixels] rows without gaps, with format 'pixels'
 * @property {number} width
 * @property {number} height
 * @property {3 | 4} channels
 * @property {number} frames of an animation; those in a row that look the same have become one. 1: a still picture
 * @property {boolean} grey whether it counted as grey
 * @property {string[]} warnings what was odd, a sentence each: of the file, or of the result
 * @property {{ side: number, plan: TilePlan, memory: number }} tiles how the picture was cut, how tiles came to
 *   the picture's statistics, and the most bytes that took
 * @property {number} heap all of the engine's memory in bytes, which never shrinks
 * @property {{ modelsMs: number, decodeMs: number, upscaleMs: number, totalMs: number }} timings
 */

/**
 * @typedef {object} UpscalePlan what an upscale would be
 * @property {number} width of the output
 * @property {number} height
 * @property {3 | 4} channels
 * @property {number} frames
 * @property {boolean} grey
 * @property {string[]} warnings
 * @property {UpscaleResult['tiles'] & { columns: number, rows: number }} tiles
 * @property {number} memory bytes of the engine that would be in use at most, with the picture, the network and all
 * @property {number} ms that it would take, foretold
 * @property {'work' | 'trial'} msFrom from what the time is foretold: the last work of that kind on this machine, or a trial of
 *   a tenth of a second, made because there was none yet
 */

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal} [signal] stops the work within one layer; the engine stays usable
 * @property {(progress: Progress) => void} [onProgress]
 *
 * @typedef {Pick<UpscaleOptions, 'damaged' | 'maxPixels'>} PictureOptions
 *
 * @typedef {object} VectorOptions
 * @property {boolean} [normalize] whether vectors get length 1, so that a dot product is a cosine; default false: as the network
 *   gives them
 *
 * @typedef {'dclip' | 'illust2vec' | 'illust2vec-style'} EmbedImageModel DanbooruCLIP (768 values), illust2vec (1024: what is seen), or
 *   its first blocks' Gram matrices (256: how it is drawn)
 * @typedef {'dclip' | 'acgvoc2vec'} EmbedTextModel DanbooruCLIP (768 values), or acgvoc2vec (512: sentences and tags, in Chinese, Japanese,
 *   English and more, with each other)
 *
 * @typedef {CallOptions & PictureOptions & VectorOptions & { model?: 'dclip' }} EmbedOptions default 'dclip'
 * @typedef {CallOptions & PictureOptions & VectorOptions & { model?: EmbedImageModel }} EmbedImageOptions default 'dclip'
 * @typedef {CallOptions & VectorOptions & { model?: EmbedTextModel }} EmbedTextOptions default 'dclip'
 */

/**
 * @typedef {object} TextOptions
 * @property {boolean} [truncate] default true: a text of more than 75 tokens (acgvoc2vec: 126) is cut, as the original does; false: it is
 *   refused
 * @property {'huggingface' | 'openai'} [clean] of dclip only: how texts are cleaned before they are cut into tokens: as DanbooruCLIP's
 *   tokenizer.json says (default), or as OpenAI's clip.tokenize does
 */

/** @typedef {{ vector: Float32Array }} Embedded a picture, as `embedImage` gave it with the same model */

/** @typedef {{ label: string, probability: number, cosine: number }} Label how well a picture fits a label */

/**
 * @typedef {object} Score of one head of pix2score
 * @property {string} label of the likeliest bin: "100-130", or "2700-inf" for the last
 * @property {number[]} probabilities of the bins, 1 together
 * @property {string[]} labels of the bins
 * @property {number} expected the mean of the bins' middles weighted by their probabilities; the last bin, which has no end, counts as
 *   its beginning
 */

/** @typedef {{ bookmark: Score, view: Score, sanity: Score }} Scores bookmarks and views on Pixiv; sanity from 0 to above 7: how suggestive */

/** @typedef {{ name: string, score: number, category: string }} Tag score: 0 to 1; category: "general", "character" or "rating" */

/**
 * @typedef {object} TagThresholds
 * @property {number} [threshold] the least score of a tag that is told, 0 to 1, default 0.5
 * @property {boolean} [fit] how DeepDanbooru sees the picture: false (default): stretched to a square, as ACG2vec does it; true: in
 *   proportion, its edges repeated outwards, as DeepDanbooru's own program does it
 *
 * @typedef {CallOptions & PictureOptions & TagThresholds} TagOptions
 *
 * @typedef {object} Asked
 * @property {boolean} [score] default false
 * @property {boolean} [tag] default false
 * @property {EmbedImageModel[]} [embed] default none
 *
 * @typedef {CallOptions & PictureOptions & TagThresholds & VectorOptions & Asked} DescribeOptions
 *
 * @typedef {object} Description what was asked for
 * @property {Scores} [score]
 * @property {Tag[]} [tags]
 * @property {Partial<Record<EmbedImageModel, Float32Array<ArrayBuffer>>>} [vectors]
 * @property {string[]} warnings what is odd about the file, a sentence each
 */

/** @typedef {'relaxed-threads' | 'relaxed' | 'simd-threads' | 'simd'} Variant one of the four builds of the engine */

/** @typedef {{ variant: Variant, threads: number }} EngineInfo */

export {};
