#include "host/config_file.hpp"

#include <fstream>
#include <optional>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <set>
#include <utility>

namespace regtool {
namespace {

constexpr std::size_t most_bytes = 1 << 20;
constexpr std::size_t most_levels = 32;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Line and column of offsets that only grow. Columns count characters, not the bytes of their UTF-8.
class Positions {
 public:
  Positions(std::string_view text, Origin source) : text_(text), now_(std::move(source)) {
    now_.line = now_.column = 1;
  }

  const Origin& at(std::size_t offset) {
    for (; offset_ < std::min(offset, text_.size()); ++offset_) {
      if (text_[offset_] == '\n') {
        ++now_.line;
        now_.column = 1;
      } else if ((static_cast<unsigned char>(text_[offset_]) & 0xc0) != 0x80) {
        ++now_.column;
      }
    }
    return now_;
  }

 private:
  std::string_view text_;
  Origin now_;
  std::size_t offset_ = 0;
};

auto refuse(const Origin& at, const std::string& why) { return fail(Errc::invalid_argument, at.text() + ": " + why); }

// Builds the tree from the events of RapidJSON's reader. The reader says where a token ended; where it began is found
// by passing over what may stand between two tokens, which the reader has found to be well-formed.
class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, const rapidjson::MemoryStream& stream, const Origin& source)
      : text_(text), stream_(stream), positions_(text, source) {}

  bool Null() { return stop(begin_token(), "null says nothing: leave the key out"); }
  bool Bool(bool value) { return scalar(value ? "true" : "false"); }
  bool RawNumber(const char* digits, rapidjson::SizeType length, bool) { return scalar({digits, length}); }
  bool String(const char* text, rapidjson::SizeType length, bool) { return scalar({text, length}); }

  // The reader gives every number to RawNumber(), as it is told to.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  bool StartObject() { return open(ConfigNode::Kind::object); }
  bool StartArray() { return open(ConfigNode::Kind::list); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    key_ = std::string(text, length);
    key_origin_ = begin_token();
    end_token();
    if (!keys_.back().insert(key_).second) return stop(key_origin_, "\"" + key_ + "\" is here a second time");
    return true;
  }

  ConfigNode take_root() { return std::move(root_); }
  const std::optional<Error>& problem() const { return problem_; }
  Origin at(std::size_t offset) { return positions_.at(offset); }

 private:
  const Origin& begin_token() {
    while (token_end_ < text_.size()) {
      const auto rest = text_.substr(token_end_);
      if (rest.starts_with("//")) {
        token_end_ += std::min(rest.find('\n'), rest.size());
      } else if (rest.starts_with("/*")) {
        token_end_ += std::min(rest.find("*/", 2), rest.size() - 2) + 2;
      } else if (std::string_view(" \t\r\n,:").find(rest.front()) != std::string_view::npos) {
        ++token_end_;
      } else {
        break;
      }
    }
    return positions_.at(token_end_);
  }

  // Not for brackets: the reader passes them only after their event.
  void end_token() { token_end_ = stream_.Tell(); }

  bool stop(const Origin& at, const std::string& why) {
    problem_ = refuse(at, why).value();
    return false;
  }

  ConfigNode& add(ConfigNode::Kind kind) {
    auto* node = &root_;
    if (!open_.empty()) node = &open_.back()->children.emplace_back();
    node->name = std::exchange(key_, {});
    node->name_origin = key_origin_;
    node->kind = kind;
    node->origin = begin_token();
    return *node;
  }

  bool scalar(std::string text) {
    add(ConfigNode::Kind::scalar).text = std::move(text);
    end_token();
    return true;
  }

  bool open(ConfigNode::Kind kind) {
    auto& node = add(kind);
    if (open_.size() == most_levels) return stop(node.origin, "nested too deeply");
    ++token_end_;
    open_.push_back(&node);
    keys_.emplace_back();
    return true;
  }

  bool close() {
    open_.pop_back();
    keys_.pop_back();
    begin_token();
    ++token_end_;
    return true;
  }

  std::string_view text_;
  const rapidjson::MemoryStream& stream_;
  Positions positions_;
  std::size_t token_end_ = 0;
  ConfigNode root_;
  std::vector<ConfigNode*> open_;  // from the root to where children are added
  std::vector<std::set<std::string>> keys_;
  std::string key_;
  Origin key_origin_;
  std::optional<Error> problem_;
};

}  // namespace

Result<ConfigNode> parse_config(std::string_view text, const Origin& source, ConfigNode::Kind root) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (text.size() > most_bytes) return refuse(source, "is larger than 1 MiB");
  // The reader takes a NUL for the end of the text.
  if (const auto nul = text.find('\0'); nul != text.npos) return refuse(Positions(text, source).at(nul), "a NUL byte");

  rapidjson::MemoryStream stream(text.data(), text.size());
  TreeBuilder builder(text, stream, source);
  rapidjson::Reader reader;
  constexpr unsigned flags = rapidjson::kParseCommentsFlag | rapidjson::kParseTrailingCommasFlag |
                             rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag |
                             rapidjson::kParseValidateEncodingFlag;
  const auto outcome = reader.Parse<flags>(stream, builder);
  if (builder.problem()) return fail(*builder.problem());
  if (outcome.IsError()) return refuse(builder.at(outcome.Offset()), rapidjson::GetParseError_En(outcome.Code()));
  auto tree = builder.take_root();
  if (tree.kind != root) return refuse(tree.origin, root == ConfigNode::Kind::object ? "expected {" : "expected [");
  return tree;
}

Result<ConfigNode> read_config_file(const std::filesystem::path& file) {
  const auto unreadable = [&](const std::string& why) {
    return fail(Errc::invalid_argument, "config file " + file.string() + ": " + why);
  };
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (status.type() == std::filesystem::file_type::not_found) return unreadable("there is no such file");
  if (problem) return unreadable(problem.message());
  if (std::filesystem::is_directory(status)) return unreadable("is a folder");

  std::ifstream in(file, std::ios::binary);
  std::string text(most_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.is_open()) return unreadable("cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_config(text, {file.string(), 0, 0, std::filesystem::absolute(file).parent_path()});
}

}  // namespace regtool
