// The texts of --help.

/** @type {Record<string, string>} */
export const HELP = {
    acg2vec: `Usage: acg2vec <command> …

  upscale <picture|folder…> -o <file|folder>  enlarge pictures
  score <picture…>                            bookmarks, views and sanity, predicted by pix2score
  tag <picture|folder…>                       tags, by DeepDanbooru or WD tagger, also as captions for training
  classify <picture…> --labels a,b,c          how well your labels fit, by a CLIP
  embed <picture…> | --text <sentence…>       turn pictures or sentences into vectors
  index <folder…>                             keep vectors and tags of pictures in one file, to search in them
  search --text … | --image … | --tag …       find pictures of an index
  duplicates                                  pictures of an index that are the same
  recommend --like <picture> [--unlike …]     pictures of an index for somebody who likes these
  models list | fetch <id…> | convert <file> | verify | clear | path
                                              list, fetch, check and delete weights
  serve                                       all this over HTTP (package acg2vec-server)

  completion bash|zsh|fish                    a script by which a shell completes commands and options

  --help      also after a command
  --version   of the program, the engine's build for this machine, and Node

Results go to standard output, messages to standard error. Exit status: 0 all is done, 1 some inputs failed (the others
are done), 2 the call is wrong, 130 it was interrupted. A picture may be - (standard input), a pipe, a URL, or a pattern such as '*.png'.`,

    upscale: `Usage: acg2vec upscale <picture|folder…> -o <file|folder> [options]

Enlarges PNG, JPEG, WebP, AVIF, JPEG XL, GIF, BMP, TGA, PSD and PPM pictures with Real-CUGAN, waifu2x or Real-ESRGAN. Animations
(GIF, PNG, WebP) become animated PNG or WebP. A picture that fails is reported, and the others are done. - is a picture from standard input.

In a folder, all pictures in it and below are enlarged; the output has the same folders. Pictures are recognised by their first bytes, or
by their names. Skipped files are reported: other files, hidden ones (the name begins with .), pipes, devices, and links to folders.

  -o, --output <file|folder>   several pictures need a folder, which is made if it does not exist; a name that ends in /
                               is a folder. - is standard output (messages and --json then go to standard error). A device or
                               a pipe is written into; the target of a symbolic link is replaced
  --name <pattern>             names of the files in that folder, default '{name}'; with {name} and {ext} of the input, {scale},
                               {model}, {denoise}, such as '{name}_{scale}x'. Equal names get the extensions of the inputs:
                               a.jpg and a.png become a-jpg.png and a-png.png. No input is ever overwritten
  --dry-run                    enlarge nothing; predict size, time and memory of each picture
  --scale 1|2|3|4              default 2, of x4plus-anime 4; 1 only removes noise
  --width <px>, --height <px>  size of the output: what the network makes becomes that size (Lanczos, in linear light); of one, the
                               other follows. Beyond what --scale makes the rest is plain enlargement, up to 4 times
  --fit inside|outside|fill    with both: nowhere larger (default), nowhere smaller, or exactly that
  --model <network>            se (default), pro at 2 and 3, nose at 2 without denoise: Real-CUGAN
                               cunet at 1 and 2, upconv and upconv-photo at 2: waifu2x
                               animevideo at 2, 3 and 4, x4plus-anime at 4 (slow): Real-ESRGAN
  --denoise conservative|none|0|1|2|3
                               of se, pro and nose: default conservative, no 0; 1 and 2 exist at scale 2 only
                               of waifu2x: default none (at 1: 1, no none), no conservative; of Real-ESRGAN: none
  --strength <number>          how much the network changes, 0.5 to 1.5, default 1
  --tile auto|<px>             side of a tile in pixels of the input, 16 to 4096, default auto
  --sync exact|fast|off        exact (default): the result equals that of the picture as one tile; fast: close to it, with less
                               memory and time; off: each tile uses its own means, so tiles may differ in colour
  --tta                        the average of the eight mirrored and turned pictures; takes 8 to 20 times as long
  --guard                      where the network draws a wrong colour, as some do with large areas of pure colour, enlarge with
                               bicubic interpolation instead
  --memory <MiB>               memory of the engine for the picture and the work, default 640. Less than the smallest tiles take is
                               refused, unless --tile is given
  --temp <folder>|off          folder of a temporary file for what does not fit into --memory, default the system's folder for
                               temporary files; without it (off), or without space in it, exact tiles take up to three times
                               as long
  --format png|webp|jpg        default: the ending of the name after -o, or png; PNG keeps 16 bits
  --quality <n>                quality of webp and jpg, 1 to 100, default 90; webp of 100 is lossless
  --metadata none|keep         keep: EXIF, XMP and PNG text go into the output, if its format has these; default none, because
                               they may tell where and by whom a picture was made. The colour profile stays unless --colour says otherwise
  --grey exact|near|off        which pictures stay grey: those without any colour (exact, default), also those that are nearly
                               grey, such as grey JPEGs with noise (near), or none (off)
  --colour keep|srgb           srgb: convert the colours of a picture with a profile (or gAMA, cHRM, cICP) to sRGB, and say so in the
                               output; default keep: the numbers stay, and the profile with them. HDR is always kept
  --damaged refuse|keep        keep: use the part that is there of a file that is cut short or damaged; default refuse
  --max-pixels <n>             the most pixels of a picture, default 268435456
  --threads <n>                default: the number of cores, up to 8
  --models <folder>            look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json                       one JSON line for each picture, and one for skipped files

Examples:
  acg2vec upscale picture.jpg -o picture_2x.png
  acg2vec upscale scans/ -o large/ --scale 4 --denoise 3 --name '{name}_{scale}x'
  acg2vec upscale scan.png -o wall.png --scale 4 --width 3840 --height 2160 --fit outside
  acg2vec upscale - -o - < small.png > large.png`,

    score: `Usage: acg2vec score <picture…> [options]

Writes one JSON line for each picture: {"input", "bookmark", "view", "sanity"}, each of them {"label", "expected", "probabilities"}: how many
bookmarks and views the picture would have on Pixiv, and how suggestive it is (sanity). label names the most
probable bin. expected is the mean of the centres of the bins, weighted by their probabilities; the last bin counts as its lower edge.

  bookmark   0 10 30 50 70 100 130 170 220 300 400 550 800 1300 2700 inf
  view       0 500 700 1000 1500 2000 2500 3000 4000 5000 6500 8500 12000 19000 35000 inf
  sanity     0 2 4 6 7 inf

  --damaged keep       use the part that is there of a file that is cut short or damaged; default refuse
  --max-pixels <n>     the most pixels of a picture, default 268435456
  --threads <n>        default: the number of cores, up to 8
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json               failures as JSON lines too

Examples:
  acg2vec score picture.png
  acg2vec score *.png > scores.jsonl`,

    tag: `Usage: acg2vec tag <picture|folder…> [options]

Writes one JSON line for each picture: {"input", "tags": [{"name", "score", "category"}]}: general tags, then characters, each with the
highest score first, then the rating with the highest score. Of a folder, all pictures in it and below are tagged.

  --model deepdanbooru|wd-vit
                       default deepdanbooru; wd-vit: WD tagger v3 (ViT), newer, with tags up to 2024
  --threshold <number> leave out tags with a lower score, 0 to 1, default 0.5; of wd-vit general tags below 0.35 and characters
                       below 0.85
  --general-threshold <number>, --character-threshold <number>
                       for these only
  --fit                DeepDanbooru: keep the picture's proportions and repeat its edge pixels outwards, as in its own program;
                       default: stretch it to a square, as in ACG2vec

Captions: with --caption, the tags go into a file beside each picture (a.jpg: a.txt), whose path is printed. A caption that is there
already stays as it is, so an interrupted run can be continued.

  --caption            write files
  --format kohya|a1111|danbooru|hydrus|hydrus-sidecar
                       default kohya: "1girl, smile"; a1111, danbooru: their JSON with scores; hydrus: the JSON of a request that
                       adds the tags; hydrus-sidecar: a tag a line. Without --caption it is printed
  --overwrite          replace captions that are there
  --append-tags        keep them, and add the tags that they do not have (kohya, hydrus-sidecar)
  --caption-extension <.ending>
                       default .txt, of JSON .json
  --caption-separator <text>
                       default ', '
  --remove-underscore  spaces instead of underscores, except in kaomoji (>_<) and in tags of up to three characters
  --undesired-tags a,b leave these out
  --always-first-tags a,b
                       these come first if the picture has them
  --character-tags-first
                       characters before general tags
  --character-tag-expand
                       name_(series) becomes two tags: name, series
  --rating first|last|none
                       where the rating stands, default none; of hydrus and hydrus-sidecar last
  --tag-replacement 'a,b;c,d'
                       write b for a, and d for c. In all these lists \\, is a comma, and \\; a semicolon
  --escape-tags        a backslash before parentheses and backslashes, for prompts
  --service-key <key>  of hydrus: the tag service, default that of "my tags"

  --damaged keep       use the part that is there of a file that is cut short or damaged; default refuse
  --max-pixels <n>     the most pixels of a picture, default 268435456
  --threads <n>        default: the number of cores, up to 8
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json               failures, passed over files and captions as JSON lines too

Examples:
  acg2vec tag picture.png --threshold 0.3
  acg2vec tag dataset/ --caption --remove-underscore --undesired-tags solo`,

    classify: `Usage: acg2vec classify <picture…> --labels <label,label…> [options]

Writes one JSON line for each picture: {"input", "labels": [{"label", "probability", "cosine"}]}, in the order of the labels. The
probabilities have the sum 1.

  --labels <a,b,c>     labels of your own, separated by commas
  --model dclip|clip-b32|clip-b16|clip-l14|clip-l14-336
                       default dclip (DanbooruCLIP); the others: OpenAI's CLIP
  --damaged keep       use the part that is there of a file that is cut short or damaged; default refuse
  --max-pixels <n>     the most pixels of a picture, default 268435456
  --threads <n>        default: the number of cores, up to 8
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json               failures as JSON lines too

Examples:
  acg2vec classify picture.png --labels 'a girl,a cat,a landscape'`,

    embed: `Usage: acg2vec embed <picture…> [options]
       acg2vec embed --text <sentence…> [options]

Writes one JSON line for each input: {"input", "model", "dim", "vector"}. Vectors of the same model can be compared: the larger their
cosine, the more alike the inputs are. A CLIP also compares pictures with sentences.

  --text               the arguments are sentences, not pictures; those of more than 75 tokens (acgvoc2vec, distiluse: 126) are cut
  --model dclip|clip-b32|clip-b16|clip-l14|clip-l14-336
                       for both, default dclip (DanbooruCLIP); the others: OpenAI's CLIP, from small to large
  --model illust2vec|illust2vec-style
                       for pictures: what a picture shows, how it is drawn
  --model acgvoc2vec|distiluse
                       for sentences, in many languages; acgvoc2vec also knows tags
  --normalize          vectors of length 1, whose dot product is the cosine; default: as the network gives them
  --clean huggingface|openai
                       how sentences are cleaned for a CLIP before they are split into tokens, default huggingface
  --damaged keep       use the part that is there of a file that is cut short or damaged; default refuse
  --max-pixels <n>     the most pixels of a picture, default 268435456
  --threads <n>        default: the number of cores, up to 8
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --json               failures as JSON lines too

Examples:
  acg2vec embed *.png --normalize > vectors.jsonl
  acg2vec embed --text '1girl, silver hair' 'a cat'`,

    index: `Usage: acg2vec index <folder…> [options]

Makes an index know the pictures in folders: what is new or has changed is looked at, what is gone is forgotten, what was moved is
recognised. It may be interrupted, and goes on from there the next time. A file that cannot be read is reported, and the others are done.

  --db <file>          the index, default acg2vec.db in $XDG_DATA_HOME/acg2vec or ~/.local/share/acg2vec
  --models <names>     what to keep, with commas: vectors of dclip, clip-b32, clip-b16, clip-l14, clip-l14-336, illust2vec,
                       illust2vec-style; tags of deepdanbooru or wd-vit; scores of pix2score. Default: what the index has, or dclip
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --export <file.parquet|file.jsonl>
                       also write all vectors with paths and tags as a table; folders may then be left out. Columns: id int64,
                       path string, vector list<float32>, tags string (JSON), as the bulk import of Milvus takes them
  --import <file>      take in what another index has, first: an index that the page has exported, or a .jsonl; what is there stays
  --export-model <name> whose vectors, if the index has several
  --watch              go on, and look again when something in the folders changes
  --damaged keep       use the part that is there of a file that is cut short or damaged; default refuse
  --max-pixels <n>     the most pixels of a picture, default 268435456
  --threads <n>        default: the number of cores, up to 8
  --json               one JSON line for each picture that is new, changed, moved, removed or failed, and one for each folder

Examples:
  acg2vec index ~/Pictures
  acg2vec index ~/Pictures --models dclip,deepdanbooru --watch
  acg2vec index --export vectors.parquet`,

    search: `Usage: acg2vec search [--text <words>] [--image <picture>] [--tag <tag>] [options]

Writes one JSON line for each picture that is found, the best first: {"path", "score"}. Texts and pictures are added up; tags, words and
the others filter. Each of them may be given several times.

  --text <words>       what the picture shows; needs vectors of a CLIP
  --image <picture>    pictures like this one
  --tag <tag>          only pictures with this tag, --not <tag>: only those without it
  --word <word>        only pictures that have this in their path
  --raise <word>       pictures that have this in their path, or as a tag, come higher
  --folder <folder>    only pictures in it or below
  --after <date>, --before <date>
                       only files that were changed then, such as 2026-01-31
  --top <n>            the most pictures, default 20
  --min-score <n>|off  a cut-off; default: two standard deviations above the mean of the scores of all pictures
  --diverse            pictures that are different from each other
  --hide-duplicates    of pictures that are the same, only the best
  --model <name>       whose vectors to compare, if the index has several
  --db <file>          the index, default acg2vec.db in $XDG_DATA_HOME/acg2vec or ~/.local/share/acg2vec
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --threads <n>        default: the number of cores, up to 8
  --json               with width, height, bytes and time

Examples:
  acg2vec search --text 'silver hair, night sky'
  acg2vec search --image sketch.png --tag 1girl --not comic --top 5
  acg2vec search --text sea --raise 2025 --folder ~/Pictures/photos --diverse`,

    duplicates: `Usage: acg2vec duplicates [options]

Writes the pictures of an index that are the same: copies, and the same picture resized, recompressed, cropped a little or mirrored. The
best of each group comes first: the most pixels, then a format that keeps every pixel, then the most bytes, then the oldest. Nothing is deleted.

  --distance <n>       how many of the 256 bits of two perceptual hashes may differ, 0 to 128, default 64
  --min-cosine <n>     which cosine their vectors must have at least, default 0.9
  --no-mirrored        mirrored pictures do not count as the same
  --model <name>       whose vectors confirm it, if the index has several
  --db <file>          the index, default acg2vec.db in $XDG_DATA_HOME/acg2vec or ~/.local/share/acg2vec
  --json               one JSON line for each group: {"best", "others"}

Examples:
  acg2vec duplicates
  acg2vec duplicates --distance 32 --no-mirrored --json > groups.jsonl`,

    recommend: `Usage: acg2vec recommend --like <picture> [--like …] [--unlike <picture> …] [options]

Writes one JSON line for each picture of an index that somebody may like who likes these: {"path", "score"}. What is liked is grouped into
interests; the pictures are different from each other. Pictures that are not in the index may be named, too.

  --like <picture>, --unlike <picture>
                       may be given several times
  --top <n>            the most pictures, default 20
  --model <name>       whose vectors to compare, if the index has several
  --db <file>          the index, default acg2vec.db in $XDG_DATA_HOME/acg2vec or ~/.local/share/acg2vec
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --threads <n>        default: the number of cores, up to 8
  --json               with width, height, bytes and time, and the number of the interest

Examples:
  acg2vec recommend --like a.png --like b.png --unlike c.png
  acg2vec recommend --like a.png --top 50 --json`,

    models: `Usage: acg2vec models list | fetch <id…> | convert <file|folder> | verify [<id…>] | clear [<id…>] | path

  list              every model: id, size, licence, and where its files are
  fetch <id…>       fetch models into the user's cache folder; "realcugan/se" means all whose id starts so; an interrupted
                    download continues where it broke. What is published in another form is converted
  convert <file|folder|zip>…
                    make models of published files that you have: of Hugging Face, PyTorch (.bin, .pt), Keras (.h5), TensorFlow
                    (a SavedModel), alone, in a folder or a .zip; what they are is told by their content
  verify [<id…>]    compare the SHA-256 of the files that are there
  clear [<id…>]     delete fetched files in the cache folder, and damaged files that were set aside there
  path              print the cache folder for fetched models

  --models <folder> look here first (list, verify)
  --dtype <type>    of the weights that are converted: int8 (default), f16, bf16 or f32 (fetch, convert)
  --as <id>         which model it is to be, if the files could be several (convert)
  --to <folder>     where converted models go, instead of the user's cache folder (fetch, convert)
  --json            one JSON line for each model

Examples:
  acg2vec models fetch realcugan/se
  acg2vec models convert wd-vit/ --dtype int8`,

    serve: `Usage: acg2vec serve [options]

Starts a service with a REST interface, and prints its address. It needs the package acg2vec-server: npm install acg2vec-server.
/docs describes the paths. The service runs until it is interrupted; it then takes no more requests, ends those that it has, and exits
with status 0. Its log goes to standard error, as lines of JSON, and says nothing of the contents of pictures.

  --port <n>           default 8081; 0: any free one
  --host <address>     default 127.0.0.1: only programs on this computer; 0.0.0.0: everyone who reaches it
  --workers <n>        engines that work at the same time, default 1
  --threads <n>        of each worker; default: the cores, shared between the workers
  --models <folder>    look for weights here first, then in $ACG2VEC_MODELS, the user's cache and the package
  --store <store>      for the paths that search: the path of an index (acg2vec index), milvus://host:port/collection or
                       postgres://user:password@host:port/database?table=name; it is made if it is not there
  --tagger <name>      deepdanbooru or wd-vit: whose tags are kept in the store with each new picture
  --token <text>       refuse requests without it (Authorization: Bearer …, or Basic with it as the password); better in
                       $ACG2VEC_TOKEN, where other users of the computer do not see it
  --cors <origin>      pages of this origin may call the service; may be given several times; '*': all
  --log info|warn|error|silent

Limits:

  --megabytes <n>      of an upload, default 20
  --megapixels <n>     of a picture, default 16
  --seconds <n>        for a request, with its upload and its time in the queue, default 120
  --queue <n>          requests that may wait, default 32; the next one is answered with 429 and Retry-After
  --rate <n>           requests of one address in a minute, default 0: any number
  --memory <MB>        of the process, above which requests are put off with 429, default 0: any
  --grace <seconds>    that requests may go on after the interruption, default 20`,

    completion: `Usage: acg2vec completion bash|zsh|fish

Prints a script by which the shell completes commands and options.

Examples:
  eval "$(acg2vec completion bash)"                                     in ~/.bashrc
  eval "$(acg2vec completion zsh)"                                      in ~/.zshrc
  acg2vec completion fish > ~/.config/fish/completions/acg2vec.fish`,
};
