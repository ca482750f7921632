// Reads JSON in every way that the reader offers, chosen by the first byte.
#include "core/json.h"
#include "fuzz.h"

static void read_value(Json *json, unsigned way);

static void read_object(Json *json, unsigned way) {
    char key[16];
    json_object(json);
    while (json_key(json, key, way & 1 ? sizeof key : 4)) read_value(json, way);
}

static void read_array(Json *json, unsigned way) {
    json_array(json);
    while (json_element(json)) read_value(json, way);
}

static void read_string(Json *json, unsigned way) {
    char text[64];
    const size_t capacity = way & 2 ? sizeof text : 5;
    if (json_string(json, text, capacity)) MUST(strlen(text) < capacity);
}

static void read_value(Json *json, unsigned way) {
    double number;
    size_t size;
    bool is_true;
    switch (json_type(json)) {
        case JSON_OBJECT: read_object(json, way); break;
        case JSON_ARRAY: read_array(json, way); break;
        case JSON_STRING: read_string(json, way); break;
        case JSON_NUMBER:
            if (way & 4)
                json_size(json, &size);
            else if (json_number(json, &number))
                MUST(number - number == 0);
            break;
        case JSON_BOOL: json_bool(json, &is_true); break;
        default: json_skip(json);
    }
}

// What is read value by value must be what is skipped as a whole, but for limits of the readers.
static bool skips(const char *text, size_t size) {
    Json json = json_open(text, size, "the input");
    json_skip(&json);
    return !json_close(&json);
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    if (!size) return;
    const char *text = (const char *)bytes + 1;
    Json json = json_open(text, size - 1, "the input");
    read_value(&json, bytes[0]);
    const bool is_read = !json_close(&json);
    if (is_read)
        MUST(skips(text, size - 1));
    else
        skips(text, size - 1);
    json = json_open(text, size - 1, "the input"); // of whatever type it is, as each of the others
    if (bytes[0] & 8)
        read_object(&json, 0);
    else if (bytes[0] & 16)
        read_array(&json, 0);
    else
        read_string(&json, 0);
    if (json_close(&json)) MUST(status_last() == STATUS_BAD_FORMAT);
}
