// What --help prints.

/** @type {Record<string, string>} */
export const HELP = {
    acg2vec: `Usage: acg2vec <command> …

  upscale <picture|folder…> -o <file|folder>  enlarge pictures with Real-CUGAN
  score <picture…>                            bookmarks, views and sanity, as pix2score foretells them
  tag <picture…>                              DeepDanbooru's tags
  classify <picture…> --labels a,b,c          which of your labels fits, by DanbooruCLIP
  embed <picture…> | --text <sentence…>       pictures or sentences to vectors that can be compared
  models list | fetch <id…> | verify | clear | path
                                              the weights: what is there, where from, how large

  --help      also after a command
  --version

Results go to standard output, words to standard error. Exit status: 0 all is done, 1 some of it failed (the rest is
done), 2 the call is wrong, 130 it was interrupted. A picture may be - (standard input) or a pipe.`,

    upscale: `Usage: acg2vec upscale <picture|folder…> -o <file|folder> [options]

Enlarges PNG, JPEG, WebP, GIF, BMP, TGA, PSD and PPM pictures with Real-CUGAN. Animations (GIF, PNG, WebP) become animated PNG or
WebP. A picture that fails is said, and the others are done. - is a picture from standard input.

Of a folder, all pictures in it and below; the output has the same folders. Pictures are told by their first bytes, or by their names.
What is passed over is said: other files, what is hidden (its name begins with .), pipes, devices, and links to folders.

  -o, --output <file|folder>   several pictures need a folder, which is made if it does not exist; a name that ends in /
                               is a folder's. - is standard output (words and --json then go to standard error). A device or a
                               pipe is written into, what a symbolic link leads to is replaced
  --name <pattern>             of the files in that folder, default '{name}'; with {name} and {ext} of the input, {scale}, {model},
                               {denoise}, such as '{name}_{scale}x'. Two that would be the same get the inputs' extensions:
                               a.jpg and a.png become a-jpg.png and a-png.png. No input is ever overwritten
  --dry-run                    enlarge nothing, tell what each would take: size, time, memory
  --scale 2|3|4                default 2
  --model se|pro|nose          default se; pro at 2 and 3, nose at 2 without denoise
  --denoise conservative|none|1|2|3
                               default conservative; 1 and 2 exist at scale 2 only
  --strength <number>          of the change, 0.5 to 1.5, default 1
  --tile auto|<px>             side of a tile in pixels of the input, 16 to 4096, default auto
  --sync exact|fast|off        exact (default): the result is that of the picture as one tile; fast: nearly so, in less
                               memory and time; off: each tile sees its own statistics, which shows as a cast of colour
  --tta                        the average of the eight mirrored and turned pictures; takes 8 to 20 times as long
  --guard                      enlarge plainly what the network gets grossly wrong, as some do with large areas of pure colour
  --memory <MiB>               of the engine's memory, for the picture and the work on it; default 640
  --temp <folder>|off          where exact tiles keep what that does not hold, default the system's folder for temporary
                               files; without it, or room in it, they take up to three times as long
  --format png|webp|jpg        default: what the name after -o ends in, or png; PNG keeps 16 bits
  --quality <n>                of webp and jpg, 1 to 100, default 90; webp of 100 is lossless
  --metadata none|keep         keep: EXIF, XMP and PNG text go into the output, as far as its format has these; default none:
                               they may tell where and by whom a picture was made. The colour profile is always kept
  --grey exact|near|off        which pictures stay grey: those without any colour (exact, default), also those that are nearly
                               grey, as the noise of a JPEG makes them (near), or none (off)
  --damaged refuse|keep        keep: a file that is cut short or damaged is filled up to what is there; default refuse
  --max-pixels <n>             the most pixels that a picture may have, default 268435456
  --threads <n>                default: as many as cores, up to 8
  --models <folder>            look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json                       one JSON line for each picture, and one that tells what was passed over`,

    score: `Usage: acg2vec score <picture…> [options]

Writes one JSON line for each: {"input", "bookmark", "view", "sanity"}, each of them {"label", "expected", "probabilities"}: how many
bookmarks and views the picture would have on Pixiv, and how suggestive it is (sanity). The label is that of the likeliest bin.
expected is the mean of the bins' middles weighted by their probabilities; the last bin counts as its beginning.

  bookmark   0 10 30 50 70 100 130 170 220 300 400 550 800 1300 2700 inf
  view       0 500 700 1000 1500 2000 2500 3000 4000 5000 6500 8500 12000 19000 35000 inf
  sanity     0 2 4 6 7 inf

  --damaged keep       take a file that is cut short or damaged up to what is there; default refuse
  --max-pixels <n>     the most pixels that a picture may have, default 268435456
  --threads <n>        default: as many as cores, up to 8
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json               failures as JSON lines too`,

    tag: `Usage: acg2vec tag <picture…> [options]

Writes one JSON line for each: {"input", "tags": [{"name", "score", "category"}]}, general tags, then characters, the best first, then
the best rating.

  --threshold <number> the least score of a tag that is told, 0 to 1, default 0.5
  --fit                show the network the whole picture in proportion, its edges repeated outwards, as DeepDanbooru's own
                       program does; default: stretched to a square, as ACG2vec does
  --damaged keep       take a file that is cut short or damaged up to what is there; default refuse
  --max-pixels <n>     the most pixels that a picture may have, default 268435456
  --threads <n>        default: as many as cores, up to 8
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json               failures as JSON lines too`,

    classify: `Usage: acg2vec classify <picture…> --labels <label,label…> [options]

Writes one JSON line for each: {"input", "labels": [{"label", "probability", "cosine"}]}, in the order of the labels, whose
probabilities are 1 together.

  --labels <a,b,c>     words of your own, with commas between them
  --damaged keep       take a file that is cut short or damaged up to what is there; default refuse
  --max-pixels <n>     the most pixels that a picture may have, default 268435456
  --threads <n>        default: as many as cores, up to 8
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json               failures as JSON lines too`,

    embed: `Usage: acg2vec embed <picture…> [options]
       acg2vec embed --text <sentence…> [options]

Writes one JSON line for each: {"input", "model", "dim", "vector"}. Vectors of the same model can be compared with each other:
the larger their cosine, the better they fit; dclip's also those of pictures with those of sentences.

  --text               the arguments are sentences, not pictures; those of more than 75 tokens (acgvoc2vec: 126) are cut
  --model dclip|illust2vec|illust2vec-style
                       of pictures, default dclip; illust2vec: what is seen, illust2vec-style: how it is drawn
  --model dclip|acgvoc2vec
                       of sentences, default dclip; acgvoc2vec: compares them with each other, in many languages
  --normalize          vectors of length 1, whose dot product is the cosine; default: as the network gives them
  --clean huggingface|openai
                       how sentences are cleaned for dclip before they are cut into tokens, default huggingface
  --damaged keep       take a file that is cut short or damaged up to what is there; default refuse
  --max-pixels <n>     the most pixels that a picture may have, default 268435456
  --threads <n>        default: as many as cores, up to 8
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json               failures as JSON lines too`,

    models: `Usage: acg2vec models list | fetch <id…> | verify [<id…>] | clear [<id…>] | path

  list              every model: id, size, licence, and where its files are
  fetch <id…>       fetch models into the user's cache folder; "realcugan/se" means all whose id starts with that; what was
                    interrupted is taken up where it broke
  verify [<id…>]    compare the SHA-256 of the files that are there
  clear [<id…>]     delete what was fetched into the cache folder, and damaged files that were set aside there
  path              print the folder that fetched models are kept in

  --models <folder> look here first (list, verify)
  --json            one JSON line for each model`,
};
