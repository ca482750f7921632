// The line is a linked list of characters, with a list of the "&" where a reference may begin. Each pass replaces all
// complete references by their values, and then applies the other fixes to the changed regions.
#include "text/ftfy_layers.h"

#include <stdbool.h>
#include <stdlib.h>

#include "core/checked.h"
#include "text/ftfy_chars.h"
#include "text/html.h"
#include "text/unicode.h"

typedef struct Node {
    int32_t code;
    int32_t previous, next; // numbers of nodes
    int32_t site, span;     // the last pass in which it was a site, and the last one in which it was normalised
} Node;

typedef CodePoints Numbers; // of nodes

typedef struct Layers {
    Node *nodes; // owned; number 0 is before the first and after the last, and is no character
    size_t n, capacity;
    int32_t pass;
    Numbers sites, next_sites; // the "&" to look at, from left to right
    Numbers regions;           // of this pass: for each the nodes left and right of it, which do not belong to it
    Numbers spans;             // to be normalised: for each its first node, and the one after its last
    CodePoints value, run;     // scratch
} Layers;

// Code points below it start a new part for normalisation form C; combining marks never do.
enum { FIRST_MARK = 0x300, NO_CHARACTER = -1 };

// ---- the list

static int32_t code_of(const Layers *layers, int32_t i) { return layers->nodes[i].code; }
static int32_t previous_of(const Layers *layers, int32_t i) { return layers->nodes[i].previous; }
static int32_t next_of(const Layers *layers, int32_t i) { return layers->nodes[i].next; }

// Links the two nodes; nodes between them leave the list.
static void join(Layers *layers, int32_t left, int32_t right) {
    layers->nodes[left].next = right;
    layers->nodes[right].previous = left;
}

static void drop(Layers *layers, int32_t i) { join(layers, previous_of(layers, i), next_of(layers, i)); }

static Status insert(Layers *layers, int32_t right, int32_t code) {
    size_t size;
    if (layers->n == layers->capacity) {
        const size_t capacity = layers->n + layers->n / 2 + 64;
        Node *grown = checked_mul(capacity, sizeof *grown, &size) ? realloc(layers->nodes, size) : NULL;
        if (!grown) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a text of %zu characters.", layers->n);
        layers->nodes = grown;
        layers->capacity = capacity;
    }
    const int32_t made = (int32_t)layers->n++, left = made ? previous_of(layers, right) : 0;
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

// Adjacent references make one region.
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
    for (int32_t i = next_of(layers, site); i && n < HTML_FTFY_LONGEST; i = next_of(layers, i))
        text[n++] = code_of(layers, i);
    layers->value.n = 0;
    Status status = html_reference(text, n, HTML_AS_FTFY, &layers->value, &length);
    if (status || !length) return status;
    const int32_t left = previous_of(layers, site);
    int32_t right = next_of(layers, site);
    for (size_t i = 0; i < length; i++) right = next_of(layers, right);
    join(layers, left, right);
    status = add_region(layers, left, site, right);
    for (size_t i = 0; i < layers->value.n && !status; i++) status = insert(layers, right, layers->value.at[i]);
    return status;
}

static bool is_of_reference(int32_t c) {
    return c == '#' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Adds the sites of references that a region may have completed: the one before it, and those in it.
static Status find_sites(Layers *layers, int32_t left, int32_t right) {
    Status status = STATUS_OK;
    int32_t i = left;
    for (int n = 0; n < HTML_FTFY_LONGEST && is_of_reference(code_of(layers, i)); n++) i = previous_of(layers, i);
    if (code_of(layers, i) == '&') status = add_site(layers, i);
    for (i = next_of(layers, left); i != right && !status; i = next_of(layers, i)) {
        if (code_of(layers, i) == '&') status = add_site(layers, i);
    }
    return status;
}

// ---- the other fixes

static Status replace(Layers *layers, int32_t left, int32_t right) {
    Status status = STATUS_OK;
    for (int32_t i = next_of(layers, left), next; i != right && !status; i = next) {
        int32_t parts[FTFY_CHARS_MAX_PARTS];
        next = next_of(layers, i);
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

// Adds the span of a region that has to be normalised: extended on both sides to code points that start a new part. A
// region within the last span only extends it.
static Status find_span(Layers *layers, int32_t left, int32_t right) {
    Numbers *spans = &layers->spans;
    const Node *nodes = layers->nodes;
    bool is_needed = nodes[right].code >= FIRST_MARK;
    for (int32_t i = nodes[left].next; i != right; i = nodes[i].next) is_needed |= nodes[i].code >= FIRST_MARK;
    if (!is_needed || nodes[right].span == layers->pass) return STATUS_OK;
    const bool goes_on = nodes[left].span == layers->pass;
    int32_t first = goes_on ? spans->at[spans->n - 1] : left ? left : nodes[0].next, end = right;
    while (!goes_on && nodes[first].code >= FIRST_MARK && nodes[first].previous) first = nodes[first].previous;
    while (nodes[end].code >= FIRST_MARK) end = nodes[end].next;
    for (int32_t i = first; i != end; i = nodes[i].next) layers->nodes[i].span = layers->pass;
    if (!goes_on) return code_points_append(spans, (const int32_t[]){first, end}, 2);
    spans->at[spans->n - 1] = end;
    return STATUS_OK;
}

// Normalises from a node up to the next one that starts a new part, which is returned in `end`.
static Status normalise_run(Layers *layers, int32_t first, int32_t *end) {
    CodePoints *run = &layers->run;
    int32_t i = first;
    Status status = STATUS_OK;
    run->n = 0;
    do {
        status = code_points_push(run, code_of(layers, i));
        i = next_of(layers, i);
    } while (!status && code_of(layers, i) >= FIRST_MARK);
    *end = i;
    if (!status) status = unicode_nfc(run);
    i = first;
    for (size_t k = 0; k < run->n && !status; k++) {
        if (i == *end) {
            status = insert(layers, *end, run->at[k]);
        } else {
            layers->nodes[i].code = run->at[k];
            i = next_of(layers, i);
        }
    }
    if (!status && i != *end) join(layers, previous_of(layers, i), *end);
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
    for (int32_t i = status ? 0 : next_of(&layers, 0); i && !status; i = next_of(&layers, i))
        status = code_points_push(line, code_of(&layers, i));
    layers_free(&layers);
    return status;
}
