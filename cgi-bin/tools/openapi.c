/*
 * tools/openapi.c: at build time, turns api/openapi.yaml into the two things made of it, so that
 * they cannot part: openapi.json, which programs read, and a table of operations in C, which the
 * page about the API shows (pages/public_api.c).
 *
 *     openapi api/openapi.yaml openapi.json api_operations.h
 *
 * Debian's libyaml reads the YAML. Keys that begin with "x-" are for the page alone and do not go
 * into the JSON:
 *     x-id      of a path parameter: the shell variable that stands for it in examples
 *     x-query   of an operation: the query of its example
 *     x-body    of an operation: the body of its example, with shell variables
 *     x-needs   of an operation: what the token must have
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define NAME_BYTES_MAX 256

static yaml_document_t document;

static _Noreturn void fail(const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void load(const char *path);
static yaml_node_t *root(void);
static yaml_node_t *member(const yaml_node_t *map, const char *name);
static const char *text_of(const yaml_node_t *node);
static const char *text_or(const yaml_node_t *map, const char *name, const char *otherwise);
static yaml_node_t *resolve(yaml_node_t *node);
static void write_json(FILE *to, const yaml_node_t *node, int depth);
static void write_json_map(FILE *to, const yaml_node_t *node, int depth);
static void write_json_text(FILE *to, const char *text, size_t size_bytes);
static bool is_bare(const yaml_node_t *node);
static void write_c_text(FILE *to, const char *text);
static void write_operations(FILE *to);
static void write_fields(FILE *to, yaml_node_t *operation, const yaml_node_t *shared, int number);
static void write_parameter(FILE *to, yaml_node_t *given);
static void write_body_fields(FILE *to, yaml_node_t *operation);
static void write_operation(FILE *to, const char *path, const char *method, yaml_node_t *operation,
                            const yaml_node_t *shared, int number);
static void write_curl(FILE *to, const char *path, const char *method, yaml_node_t *operation,
                       const yaml_node_t *shared);
static void write_path(FILE *to, const char *path, yaml_node_t *operation,
                       const yaml_node_t *shared);
static const char *shell_name(yaml_node_t *list, const char *name);
static void type_words(yaml_node_t *schema, char words[NAME_BYTES_MAX]);
static FILE *open_for(const char *path);

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: openapi openapi.yaml openapi.json api_operations.h\n");
        return 2;
    }
    load(argv[1]);
    FILE *json = open_for(argv[2]);
    write_json(json, root(), 0);
    fputc('\n', json);
    FILE *table = open_for(argv[3]);
    write_operations(table);
    bool is_whole = fclose(json) == 0 && fclose(table) == 0;
    yaml_document_delete(&document);
    return is_whole ? 0 : 1;
}

/* ---- reading ---- */

static void load(const char *path)
{
    yaml_parser_t parser;
    FILE *file = fopen(path, "rb");
    if (file == NULL || yaml_parser_initialize(&parser) == 0) {
        perror(path);
        exit(1);
    }
    yaml_parser_set_input_file(&parser, file);
    if (yaml_parser_load(&parser, &document) == 0 || root() == NULL) {
        fprintf(stderr, "%s:%zu: %s\n", path, parser.problem_mark.line + 1,
                parser.problem == NULL ? "the file is empty" : parser.problem);
        exit(1);
    }
    yaml_parser_delete(&parser);
    fclose(file);
}

static yaml_node_t *root(void)
{
    return yaml_document_get_root_node(&document);
}

static void fail(const yaml_node_t *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "openapi.yaml:%zu: ", node->start_mark.line + 1);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static yaml_node_t *member(const yaml_node_t *map, const char *name)
{
    if (map == NULL || map->type != YAML_MAPPING_NODE) {
        return NULL;
    }
    for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
         pair < map->data.mapping.pairs.top; pair++) {
        if (strcmp(text_of(yaml_document_get_node(&document, pair->key)), name) == 0) {
            return yaml_document_get_node(&document, pair->value);
        }
    }
    return NULL;
}

static const char *text_of(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE) {
        fail(node, "a text is wanted here");
    }
    return (const char *)node->data.scalar.value;
}

static const char *text_or(const yaml_node_t *map, const char *name, const char *otherwise)
{
    const yaml_node_t *node = member(map, name);
    return node == NULL ? otherwise : text_of(node);
}

/* Follows "$ref" to where it leads inside the document. */
static yaml_node_t *resolve(yaml_node_t *node)
{
    yaml_node_t *reference = member(node, "$ref");
    if (reference == NULL) {
        return node;
    }
    const char *place = text_of(reference);
    if (strncmp(place, "#/", 2) != 0) {
        fail(reference, "%s leads out of the document", place);
    }
    yaml_node_t *at = root();
    for (const char *step = place + 2; at != NULL && *step != '\0';) {
        char name[NAME_BYTES_MAX];
        size_t size_bytes = strcspn(step, "/");
        if (size_bytes >= sizeof name) {
            fail(reference, "%s is too long", place);
        }
        memcpy(name, step, size_bytes);
        name[size_bytes] = '\0';
        at = member(at, name);
        step += size_bytes + (step[size_bytes] == '/' ? 1 : 0);
    }
    if (at == NULL) {
        fail(reference, "%s leads nowhere", place);
    }
    return at;
}

/* ---- JSON ---- */

static void write_json(FILE *to, const yaml_node_t *node, int depth)
{
    if (node->type == YAML_MAPPING_NODE) {
        write_json_map(to, node, depth);
    } else if (node->type == YAML_SEQUENCE_NODE) {
        fputc('[', to);
        for (const yaml_node_item_t *item = node->data.sequence.items.start;
             item < node->data.sequence.items.top; item++) {
            fputs(item == node->data.sequence.items.start ? "" : ", ", to);
            write_json(to, yaml_document_get_node(&document, *item), depth + 1);
        }
        fputc(']', to);
    } else if (is_bare(node)) {
        fputs(text_of(node), to);
    } else {
        write_json_text(to, text_of(node), node->data.scalar.length);
    }
}

static void write_json_map(FILE *to, const yaml_node_t *node, int depth)
{
    bool is_first = true;
    fputc('{', to);
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(&document, pair->key);
        if (strncmp(text_of(key), "x-", 2) == 0) {
            continue;
        }
        fprintf(to, "%s\n%*s", is_first ? "" : ",", depth + 1, "");
        write_json_text(to, text_of(key), key->data.scalar.length);
        fputs(": ", to);
        write_json(to, yaml_document_get_node(&document, pair->value), depth + 1);
        is_first = false;
    }
    fprintf(to, "\n%*s}", depth, "");
}

static void write_json_text(FILE *to, const char *text, size_t size_bytes)
{
    fputc('"', to);
    for (size_t i = 0; i < size_bytes; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\') {
            fputc('\\', to);
        }
        if (byte < ' ') {
            fprintf(to, "\\u%04x", byte);
        } else {
            fputc(byte, to);
        }
    }
    fputc('"', to);
}

/* A number, true, false or null that is not quoted (YAML 1.2, core schema). */
static bool is_bare(const yaml_node_t *node)
{
    if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
        return false;
    }
    const char *text = text_of(node);
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || strcmp(text, "null") == 0) {
        return true;
    }
    const char *digits = text + (*text == '-' ? 1 : 0);
    size_t whole = strspn(digits, "0123456789");
    if (whole == 0 || (digits[0] == '0' && whole > 1)) {
        return false;
    }
    if (digits[whole] == '\0') {
        return true;
    }
    size_t part = strspn(digits + whole + 1, "0123456789");
    return digits[whole] == '.' && part > 0 && digits[whole + 1 + part] == '\0';
}

/* ---- the table of operations ---- */

static void write_operations(FILE *to)
{
    static const char *const methods[] = {"get", "post"};
    int count = 0;
    yaml_node_t *paths = member(root(), "paths");
    fputs("/* Made by tools/openapi.c from api/openapi.yaml. */\n", to);
    /* The fields of each, then the table. */
    for (int turn = 0; turn < 2; turn++) {
        if (turn == 1) {
            fputs("static const struct api_operation api_operations[] = {\n", to);
        }
        count = 0;
        for (const yaml_node_pair_t *pair = paths->data.mapping.pairs.start;
             pair < paths->data.mapping.pairs.top; pair++) {
            const char *path = text_of(yaml_document_get_node(&document, pair->key));
            yaml_node_t *item = yaml_document_get_node(&document, pair->value);
            for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
                yaml_node_t *operation = member(item, methods[i]);
                if (operation == NULL) {
                    continue;
                }
                const yaml_node_t *shared = member(item, "parameters");
                if (turn == 0) {
                    write_fields(to, operation, shared, count);
                } else {
                    write_operation(to, path, methods[i], operation, shared, count);
                }
                count++;
            }
        }
    }
    fputs("};\n", to);
}

static void write_fields(FILE *to, yaml_node_t *operation, const yaml_node_t *shared, int number)
{
    const yaml_node_t *lists[] = {shared, member(operation, "parameters")};
    fprintf(to, "static const struct api_field api_fields_%d[] = {\n", number);
    for (size_t i = 0; i < 2; i++) {
        if (lists[i] == NULL) {
            continue;
        }
        for (const yaml_node_item_t *item = lists[i]->data.sequence.items.start;
             item < lists[i]->data.sequence.items.top; item++) {
            write_parameter(to, yaml_document_get_node(&document, *item));
        }
    }
    write_body_fields(to, operation);
    fputs("    {.name = (void *)0},\n};\n", to);
}

static void write_field(FILE *to, const char *name, const char *where, yaml_node_t *schema,
                        const char *words, bool is_needed)
{
    char type[NAME_BYTES_MAX];
    type_words(schema, type);
    fputs("    {.name = ", to);
    write_c_text(to, name);
    fputs(", .where = ", to);
    write_c_text(to, where);
    fputs(", .type = ", to);
    write_c_text(to, type);
    fputs(", .words = ", to);
    write_c_text(to, words);
    fprintf(to, ", .is_needed = %s},\n", is_needed ? "true" : "false");
}

static void write_parameter(FILE *to, yaml_node_t *given)
{
    yaml_node_t *parameter = resolve(given);
    yaml_node_t *schema = member(parameter, "schema");
    if (schema == NULL) {
        fail(parameter, "a parameter has a schema");
    }
    const char *words =
        text_or(parameter, "description", text_or(resolve(schema), "description", ""));
    write_field(to, text_or(parameter, "name", ""), text_or(parameter, "in", ""), schema, words,
                strcmp(text_or(parameter, "required", "false"), "true") == 0);
}

static void write_body_fields(FILE *to, yaml_node_t *operation)
{
    yaml_node_t *content = member(member(operation, "requestBody"), "content");
    yaml_node_t *schema = member(member(content, "application/json"), "schema");
    if (schema == NULL) {
        return;
    }
    schema = resolve(schema);
    const yaml_node_t *either = member(schema, "oneOf");
    if (either != NULL) {
        schema = resolve(yaml_document_get_node(&document, *either->data.sequence.items.start));
    }
    const yaml_node_t *properties = member(schema, "properties");
    const yaml_node_t *required = member(schema, "required");
    if (properties == NULL) {
        return;
    }
    for (const yaml_node_pair_t *pair = properties->data.mapping.pairs.start;
         pair < properties->data.mapping.pairs.top; pair++) {
        const char *name = text_of(yaml_document_get_node(&document, pair->key));
        yaml_node_t *property = yaml_document_get_node(&document, pair->value);
        bool is_needed = false;
        const yaml_node_item_t *item = NULL;
        if (required != NULL) {
            item = required->data.sequence.items.start;
        }
        for (; item != NULL && item < required->data.sequence.items.top; item++) {
            is_needed =
                is_needed || strcmp(text_of(yaml_document_get_node(&document, *item)), name) == 0;
        }
        const char *words =
            text_or(property, "description", text_or(resolve(property), "description", ""));
        write_field(to, name, "body", property, words, is_needed);
    }
}

static void write_operation(FILE *to, const char *path, const char *method, yaml_node_t *operation,
                            const yaml_node_t *shared, int number)
{
    const yaml_node_t *tags = member(operation, "tags");
    if (tags == NULL || member(operation, "summary") == NULL) {
        fail(operation, "an operation has a tag and a summary");
    }
    const char *tag = text_of(yaml_document_get_node(&document, *tags->data.sequence.items.start));
    const struct {
        const char *name, *text;
    } texts[] = {
        {"id", text_or(operation, "operationId", "")},
        {"tag", tag},
        {"path", path},
        {"summary", text_or(operation, "summary", "")},
        {"words", text_or(operation, "description", "")},
        {"needs", text_or(operation, "x-needs", "")},
    };
    fprintf(to, "    {.method = \"%s\"", strcmp(method, "get") == 0 ? "GET" : "POST");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        fprintf(to, ", .%s = ", texts[i].name);
        write_c_text(to, texts[i].text);
    }
    fprintf(to, ", .fields = api_fields_%d,\n     .curl = ", number);
    write_curl(to, path, method, operation, shared);
    fputs("},\n", to);
}

/* The example: what the tests run is what the page shows. */
static void write_curl(FILE *to, const char *path, const char *method, yaml_node_t *operation,
                       const yaml_node_t *shared)
{
    const char *query = text_or(operation, "x-query", "");
    const char *body = text_or(operation, "x-body", "");
    bool is_open = member(operation, "security") != NULL;
    fputs("\"curl -sS \\\"$TALLYSTICK/registry/v0\"", to);
    write_path(to, path, operation, shared);
    if (query[0] != '\0') {
        fputs("\"?\"", to);
        write_c_text(to, query);
    }
    fputs("\"\\\"\"", to);
    if (!is_open) {
        write_c_text(to, " \\\n  -H \"X-Client-Secret: $CLIENT_SECRET\" \\\n"
                         "  -H \"Authorization: Bearer $ACCESS_TOKEN\"");
    }
    if (strcmp(method, "get") == 0) {
        return;
    }
    write_c_text(to, " \\\n  -H \"Idempotency-Key: $KEY\"");
    if (body[0] == '\0') {
        write_c_text(to, " \\\n  -X POST");
        return;
    }
    write_c_text(to, " \\\n  -H \"Content-Type: application/json\" -d @- <<END\n");
    write_c_text(to, body);
    write_c_text(to, body[strlen(body) - 1] == '\n' ? "END" : "\nEND");
}

static void write_path(FILE *to, const char *path, yaml_node_t *operation,
                       const yaml_node_t *shared)
{
    for (const char *at = path; *at != '\0';) {
        char name[NAME_BYTES_MAX];
        size_t size_bytes = strcspn(at, "{");
        fprintf(to, "\"%.*s\"", (int)size_bytes, at);
        at += size_bytes;
        if (*at != '{') {
            continue;
        }
        size_bytes = strcspn(at, "}") - 1;
        if (size_bytes >= sizeof name) {
            fail(operation, "the name of a path's part is too long");
        }
        memcpy(name, at + 1, size_bytes);
        name[size_bytes] = '\0';
        const char *shell = shell_name(member(operation, "parameters"), name);
        if (shell == NULL && shared != NULL) {
            shell = shell_name((yaml_node_t *)shared, name);
        }
        if (shell == NULL) {
            fail(operation, "{%s} has no x-id", name);
        }
        fprintf(to, "\"$%s\"", shell);
        at += size_bytes + 2;
    }
}

static const char *shell_name(yaml_node_t *list, const char *name)
{
    if (list == NULL) {
        return NULL;
    }
    for (const yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        const yaml_node_t *parameter = resolve(yaml_document_get_node(&document, *item));
        if (strcmp(text_or(parameter, "name", ""), name) == 0) {
            return text_or(parameter, "x-id", NULL);
        }
    }
    return NULL;
}

/* "string", "integer", "list of …", "… or null". */
static void type_words(yaml_node_t *schema, char words[NAME_BYTES_MAX])
{
    char inner[NAME_BYTES_MAX] = "";
    schema = resolve(schema);
    const yaml_node_t *either = member(schema, "anyOf");
    const yaml_node_t *type = member(schema, "type");
    if (either != NULL) {
        type_words(yaml_document_get_node(&document, *either->data.sequence.items.start), inner);
        (void)snprintf(words, NAME_BYTES_MAX, "%.200s or null", inner);
    } else if (type != NULL && type->type == YAML_SEQUENCE_NODE) {
        (void)snprintf(
            words, NAME_BYTES_MAX, "%.200s or null",
            text_of(yaml_document_get_node(&document, *type->data.sequence.items.start)));
    } else if (type != NULL && strcmp(text_of(type), "array") == 0) {
        type_words(member(schema, "items"), inner);
        (void)snprintf(words, NAME_BYTES_MAX, "list of %.200s", inner);
    } else {
        const char *format = text_or(schema, "format", "");
        (void)snprintf(words, NAME_BYTES_MAX, "%s",
                       format[0] != '\0' ? format
                       : type == NULL    ? "any"
                                         : text_of(type));
    }
}

static void write_c_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\n') {
            fputs(at[1] == '\0' ? "\\n" : "\\n\"\n     \"", to);
        } else if (*at == '"' || *at == '\\') {
            fprintf(to, "\\%c", *at);
        } else {
            fputc(*at, to);
        }
    }
    fputc('"', to);
}

static FILE *open_for(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    return file;
}
