/* SPDX-License-Identifier: BSD-2-Clause
 * TOML by toml++, as the tree that the rest of the command, which is C, reads. Memory is malloc's. */
#undef TOML_HEADER_ONLY /* of its code, too, only what is used: no library is loaded for it */
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "policy_toml.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

char *copy(std::string_view text)
{
    char *bytes = static_cast<char *>(std::malloc(text.size() + 1));
    if (bytes == nullptr)
        return nullptr;
    if (!text.empty())
        std::memcpy(bytes, text.data(), text.size());
    bytes[text.size()] = '\0';
    return bytes;
}

bool fail(toml_failure &failure, const toml::source_region &where, const char *what)
{
    failure.line = where.begin.line;
    failure.column = where.begin.column;
    std::snprintf(failure.message, sizeof failure.message, "%s", what);
    return false;
}

bool take(const toml::node &from, toml_node &to, toml_failure &failure);

bool take_child(const toml::node &from, const toml::key *key, toml_node &to, toml_failure &failure)
{
    to = toml_node{};
    if (key != nullptr) {
        if (key->str().find('\0') != std::string_view::npos)
            return fail(failure, key->source(), "a key that holds a NUL is of no use here");
        to.key = copy(key->str());
        to.key_line = key->source().begin.line;
        to.key_column = key->source().begin.column;
        if (to.key == nullptr)
            return fail(failure, key->source(), "no memory");
    }
    return take(from, to, failure);
}

/* Room for the children; what is not filled yet is empty, so that the tree can be freed. */
bool make_room(toml_node &to, std::size_t count)
{
    to.children = static_cast<toml_node *>(std::calloc(count + 1, sizeof *to.children));
    return to.children != nullptr;
}

bool take_table(const toml::table &table, toml_node &to, toml_failure &failure)
{
    to.type = TOML_TABLE;
    if (!make_room(to, table.size()))
        return fail(failure, table.source(), "no memory");
    for (auto &&[key, value] : table)
        if (!take_child(value, &key, to.children[to.count++], failure))
            return false;
    return true;
}

bool take_array(const toml::array &array, toml_node &to, toml_failure &failure)
{
    to.type = TOML_ARRAY;
    if (!make_room(to, array.size()))
        return fail(failure, array.source(), "no memory");
    for (auto &&value : array)
        if (!take_child(value, nullptr, to.children[to.count++], failure))
            return false;
    return true;
}

bool take(const toml::node &from, toml_node &to, toml_failure &failure)
{
    to.line = from.source().begin.line;
    to.column = from.source().begin.column;
    if (auto table = from.as_table())
        return take_table(*table, to, failure);
    if (auto array = from.as_array())
        return take_array(*array, to, failure);
    to.type = TOML_OTHER;
    if (auto text = from.as_string()) {
        to.type = TOML_STRING;
        if (text->get().find('\0') != std::string::npos)
            return fail(failure, from.source(), "a text that holds a NUL is of no use here");
        to.text = copy(text->get());
        if (to.text == nullptr)
            return fail(failure, from.source(), "no memory");
    } else if (auto integer = from.as_integer()) {
        to.type = TOML_INTEGER;
        to.integer = integer->get();
    } else if (auto real = from.as_floating_point()) {
        to.type = TOML_REAL;
        to.real = real->get();
    } else if (auto boolean = from.as_boolean()) {
        to.type = TOML_BOOLEAN;
        to.boolean = boolean->get();
    } else if (auto date = from.as_date()) {
        to.type = TOML_DATE;
        to.year = date->get().year;
        to.month = date->get().month;
        to.day = date->get().day;
    }
    return true;
}

void clear(toml_node &node)
{
    for (std::size_t i = 0; i < node.count; i++)
        clear(node.children[i]);
    std::free(node.children);
    std::free(node.key);
    std::free(node.text);
}

} // namespace

extern "C" bool toml_is_there(void)
{
    return true;
}

extern "C" struct toml_node *toml_read(const char *bytes, std::size_t length,
                                       struct toml_failure *failure)
{
    *failure = toml_failure{};
    const toml::parse_result parsed = toml::parse(std::string_view(bytes, length));
    if (!parsed) {
        fail(*failure, parsed.error().source(), std::string(parsed.error().description()).c_str());
        return nullptr;
    }
    auto *root = static_cast<toml_node *>(std::calloc(1, sizeof(toml_node)));
    if (root == nullptr || !take_table(parsed.table(), *root, *failure)) {
        if (root == nullptr)
            fail(*failure, {}, "no memory");
        toml_free(root);
        return nullptr;
    }
    return root;
}

extern "C" void toml_free(struct toml_node *root)
{
    if (root == nullptr)
        return;
    clear(*root);
    std::free(root);
}
