// A main for a harness without libFuzzer: runs it once over the files, and those in the folders, that are its
// arguments.
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static int n_inputs;

static void run_file(const char *path) {
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (!file || fstat(fileno(file), &info)) {
        fprintf(stderr, "%s cannot be read.\n", path);
        exit(1);
    }
    const size_t size = (size_t)info.st_size;
    uint8_t *bytes = malloc(size ? size : 1); // of just that size, so that a sanitizer sees what is read behind its end
    if (!bytes || fread(bytes, 1, size, file) != size) {
        fprintf(stderr, "%s cannot be read.\n", path);
        exit(1);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    n_inputs++;
}

static void run(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) {
        run_file(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        char inner[4096];
        if (entry->d_name[0] == '.') continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        run(inner);
    }
    closedir(folder);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) run(argv[i]);
    printf("%d inputs\n", n_inputs);
    return n_inputs ? 0 : 1;
}
