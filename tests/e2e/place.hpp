#pragma once
// The kinds of registry that models are moved through, each with the servers that make it up.

#include "user.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace regtool {

class Place {
 public:
  virtual ~Place() = default;

  // Of the registry, with the port, as it stands in names.
  virtual std::string host() const = 0;

  // Gives `user` what it takes to push and pull here: key, password, certificate, proxy.
  virtual void admit(User& user) const = 0;

  // What stands behind the names in the command line here: "--insecure".
  virtual std::vector<std::string> flags() const { return {"--insecure"}; }

  // Called after a push and a pull: fails the test if they did not go the way that this place is about.
  virtual void expect_used() const {}
};

struct PlaceKind {
  std::string name;
  std::function<std::unique_ptr<Place>()> make;
};

std::vector<PlaceKind> every_kind_of_place();

}  // namespace regtool
