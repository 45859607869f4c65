#pragma once
// A user who has several stores, for what goes from one into another.

#include "model_maker.hpp"
#include "same_store.hpp"
#include "sizes.hpp"
#include "user.hpp"

#include <gtest/gtest.h>

namespace regtool {

// "second" is a store like the usual one, "layout" is an OCI layout.
class TwoStores : public testing::Test {
 protected:
  TwoStores();

  // A model in the usual store; returns what is known of it.
  lab::MadeModel make(const std::string& name, const lab::ModelShape& shape = {});

  // Fails the test if the program does; gives its output.
  std::string regtool(const std::vector<std::string>& words);
  std::string shell(const std::string& script);

  std::filesystem::path second() const { return user_.home() / "second"; }
  std::filesystem::path layout() const { return user_.home() / "layout"; }
  std::filesystem::path file(const std::string& name) const { return user_.home() / name; }

  User user_;
};

}  // namespace regtool
