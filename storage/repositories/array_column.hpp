// A column of a batch as one array literal, built as its rows are walked once (docs/adr/0042-audit-batch-by-unnest.md).
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace tessera::storage {

class ArrayColumn {
public:
    void add(std::string_view text)
    {
        literal_ += literal_.size() > 1 ? ",\"" : "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') {
                literal_.push_back('\\');
            }
            literal_.push_back(c);
        }
        literal_.push_back('"');
    }
    void add_null() { literal_ += literal_.size() > 1 ? ",NULL" : "NULL"; }
    std::string finish()
    {
        literal_.push_back('}');
        return std::move(literal_);
    }

private:
    std::string literal_ = "{";
};

}  // namespace tessera::storage
