// The line as a list of characters, and of it those "&" that a reference may begin at. In each pass all references that
// are whole become what they stand for; then regions, which are the places where that was, go through the fixes of a
// pass.
#include "text/ftfy_layers.h"

#include <stdbool.h>
#include <stdlib.h>

#include "core/checked.h"
#include "text/ftfy_chars.h"
#include "text/html.h"
#include "text/unicode.h"

typedef struct Node {
    int32_t code;
    int32_t before, behind; // numbers of nodes
    int32_t site, span;     // the last pass that it was a site of, and one in which it was among what is normalised
} Node;

typedef CodePoints Numbers; // of nodes

typedef struct Layers {
    Node *nodes; // owned; number 0 stands before the first and behind the last, and is no character
    size_t n, capacity;
    int32_t pass;
    Numbers sites, next_sites; // the "&" to look at, from left to right
    Numbers regions;           // of this pass: for each the nodes left and right of it, which do not belong to it
    Numbers spans;             // to be normalised: for each its first node, and the one behind its last
    CodePoints value, run;     // scratch
} Layers;

// Code points below begin a part of their own for normalisation form C; so does no mark.
enum { FIRST_MARK = 0x300, NO_CHARACTER = -1 };

// ---- the list

static int32_t code_of(const Layers *layers, int32_t i) { return layers->nodes[i].code; }
static int32_t before(const Layers *layers, int32_t i) { return layers->nodes[i].before; }
static int32_t behind(const Layers *layers, int32_t i) { return layers->nodes[i].behind; }

// Links the two nodes; nodes between them leave the list.
static void join(Layers *layers, int32_t left, int32_t right) {
    layers->nodes[left].behind = right;
    layers->nodes[right].before = left;
}

static void drop(Layers *layers, int32_t i) { join(layers, before(layers, i), behind(layers, i)); }

static Status insert(Layers *layers, int32_t right, int32_t code) {
    size_t size;
    if (layers->n == layers->capacity) {
        const size_t capacity = layers->n + layers->n / 2 + 64;
        Node *grown = checked_mul(capacity, sizeof *grown, &size) ? realloc(layers->nodes, size) : NULL;
        if (!grown) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a text of %zu characters.", layers->n);
        layers->nodes = grown;
        layers->capacity = capacity;
    }
    const int32_t made = (int32_t)layers->n++, left = made ? before(layers, right) : 0;
    layers->nodes[made] = (Node){.code = code, .site = -1, .span = -1};
    join(layers, left, made);
    join(layers, made, right);
    return STATUS_OK;
}

static void layers_free(Layers *layers) {
    free(layers->nodes);
    code_points_free(&layers->sites);
    code_points_free(&layers->next_sites);
    code_points_free(&layers->regions);
    code_points_free(&layers->spans);
    code_points_free(&layers->value);
    code_points_free(&layers->run);
}

// ---- references

static Status add_site(Layers *layers, int32_t i) {
    if (layers->nodes[i].site == layers->pass) return STATUS_OK;
    layers->nodes[i].site = layers->pass;
    return code_points_push(&layers->next_sites, i);
}

// References that follow one another leave one region.
static Status add_region(Layers *layers, int32_t left, int32_t site, int32_t right) {
    Numbers *regions = &layers->regions;
    if (regions->n && regions->at[regions->n - 1] == site) {
        regions->at[regions->n - 1] = right;
        return STATUS_OK;
    }
    return code_points_append(regions, (const int32_t[]){left, right}, 2);
}

// Replaces the reference at the site, if there is one, by its value.
static Status resolve_site(Layers *layers, int32_t site) {
    int32_t text[HTML_FTFY_LONGEST];
    size_t n = 0, length;
    for (int32_t i = behind(layers, site); i && n < HTML_FTFY_LONGEST; i = behind(layers, i))
        text[n++] = code_of(layers, i);
    layers->value.n = 0;
    Status status = html_reference(text, n, HTML_AS_FTFY, &layers->value, &length);
    if (status || !length) return status;
    const int32_t left = before(layers, site);
    int32_t right = behind(layers, site);
    for (size_t i = 0; i < length; i++) right = behind(layers, right);
    join(layers, left, right);
    status = add_region(layers, left, site, right);
    for (size_t i = 0; i < layers->value.n && !status; i++) status = insert(layers, right, layers->value.at[i]);
    return status;
}

static bool is_of_reference(int32_t c) {
    return c == '#' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Those that a region may have made whole: the one that it may belong to, and those in it.
static Status find_sites(Layers *layers, int32_t left, int32_t right) {
    Status status = STATUS_OK;
    int32_t i = left;
    for (int n = 0; n < HTML_FTFY_LONGEST && is_of_reference(code_of(layers, i)); n++) i = before(layers, i);
    if (code_of(layers, i) == '&') status = add_site(layers, i);
    for (i = behind(layers, left); i != right && !status; i = behind(layers, i)) {
        if (code_of(layers, i) == '&') status = add_site(layers, i);
    }
    return status;
}

// ---- the other fixes

static Status replace(Layers *layers, int32_t left, int32_t right) {
    Status status = STATUS_OK;
    for (int32_t i = behind(layers, left), next; i != right && !status; i = next) {
        int32_t parts[FTFY_CHARS_MAX_PARTS];
        next = behind(layers, i);
        const int n = ftfy_chars_replace(code_of(layers, i), code_of(layers, next), parts);
        if (n == 0 || ftfy_chars_is_dropped(parts[0])) {
            drop(layers, i);
            continue;
        }
        layers->nodes[i].code = parts[0];
        for (int k = 1; k < n && !status; k++) status = insert(layers, next, parts[k]);
    }
    return status;
}

// A region, and what stands around it, if any of it may join with its neighbour: from a code point that begins a part
// of its own up to one that does. A region that lies in the last of these only makes it longer.
static Status find_span(Layers *layers, int32_t left, int32_t right) {
    Numbers *spans = &layers->spans;
    const Node *nodes = layers->nodes;
    bool is_needed = nodes[right].code >= FIRST_MARK;
    for (int32_t i = nodes[left].behind; i != right; i = nodes[i].behind) is_needed |= nodes[i].code >= FIRST_MARK;
    if (!is_needed || nodes[right].span == layers->pass) return STATUS_OK;
    const bool goes_on = nodes[left].span == layers->pass;
    int32_t first = goes_on ? spans->at[spans->n - 1] : left ? left : nodes[0].behind, end = right;
    while (!goes_on && nodes[first].code >= FIRST_MARK && nodes[first].before) first = nodes[first].before;
    while (nodes[end].code >= FIRST_MARK) end = nodes[end].behind;
    for (int32_t i = first; i != end; i = nodes[i].behind) layers->nodes[i].span = layers->pass;
    if (!goes_on) return code_points_append(spans, (const int32_t[]){first, end}, 2);
    spans->at[spans->n - 1] = end;
    return STATUS_OK;
}

// From a node up to the next that begins a part of its own, which is returned in `end`.
static Status normalise_run(Layers *layers, int32_t first, int32_t *end) {
    CodePoints *run = &layers->run;
    int32_t i = first;
    Status status = STATUS_OK;
    run->n = 0;
    do {
        status = code_points_push(run, code_of(layers, i));
        i = behind(layers, i);
    } while (!status && code_of(layers, i) >= FIRST_MARK);
    *end = i;
    if (!status) status = unicode_nfc(run);
    i = first;
    for (size_t k = 0; k < run->n && !status; k++) {
        if (i == *end) {
            status = insert(layers, *end, run->at[k]);
        } else {
            layers->nodes[i].code = run->at[k];
            i = behind(layers, i);
        }
    }
    if (!status && i != *end) join(layers, before(layers, i), *end);
    return status;
}

static Status normalise(Layers *layers) {
    const Numbers *spans = &layers->spans;
    Status status = STATUS_OK;
    for (size_t s = 0; s < spans->n && !status; s += 2) {
        for (int32_t i = spans->at[s]; i != spans->at[s + 1] && !status;) status = normalise_run(layers, i, &i);
    }
    return status;
}

// ---- passes

static Status for_regions(Layers *layers, Status (*fix)(Layers *layers, int32_t left, int32_t right)) {
    const Numbers *regions = &layers->regions;
    Status status = STATUS_OK;
    for (size_t i = 0; i < regions->n && !status; i += 2) status = fix(layers, regions->at[i], regions->at[i + 1]);
    return status;
}

static Status run_pass(Layers *layers) {
    Status status = STATUS_OK;
    layers->regions.n = layers->spans.n = layers->next_sites.n = 0;
    for (size_t i = 0; i < layers->sites.n && !status; i++) status = resolve_site(layers, layers->sites.at[i]);
    if (!status) status = for_regions(layers, replace);
    if (!status) status = for_regions(layers, find_sites);
    if (!status) status = for_regions(layers, find_span);
    if (!status) status = normalise(layers);
    const Numbers done = layers->sites;
    layers->sites = layers->next_sites;
    layers->next_sites = done;
    layers->pass++;
    return status;
}

static Status open(Layers *layers, const CodePoints *line) {
    Status status = insert(layers, 0, NO_CHARACTER);
    for (size_t i = 0; i < line->n && !status; i++) {
        status = insert(layers, 0, line->at[i]);
        if (!status && line->at[i] == '&') status = code_points_push(&layers->sites, (int32_t)layers->n - 1);
    }
    return status;
}

Status ftfy_layers_resolve(CodePoints *line) {
    Layers layers = {0};
    Status status = open(&layers, line);
    do {
        if (!status) status = run_pass(&layers);
    } while (!status && layers.regions.n);
    line->n = 0;
    for (int32_t i = status ? 0 : behind(&layers, 0); i && !status; i = behind(&layers, i))
        status = code_points_push(line, code_of(&layers, i));
    layers_free(&layers);
    return status;
}
