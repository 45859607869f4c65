#pragma once
// The vocabulary in which the rows of the fault matrix say what goes wrong.

#include "fault_matrix.hpp"

namespace regtool {

// What the requests of a transfer are for.
enum class Endpoint : std::uint8_t {
  bulk,      // those that carry the blobs' bytes
  manifest,  // reads it, or writes it
  check,     // is the blob there?
  session,   // begins an upload
  complete,  // ends an upload
  storage,   // behind the registry
  token,
};

enum class Often : std::uint8_t {
  once,    // the first such request of each blob; where requests do not name their blob, the first of all
  always,  // all of them
};

// Has `action` answer these requests, of those to `origin` if there is one.
Injection strike(Endpoint endpoint, Often often, FaultPlan::Action action, const std::string& origin = {});

// The real answer, but with these faults.
FaultPlan::Action answered_with(Faults faults);

// This answer in place of the real one.
FaultPlan::Action replaced_by(HttpReply reply);

// The connection ends after that share of the body, the answer's or, if it has one, the request's.
FaultPlan::Action cut_after(double share);

// The same, but nothing more comes, and the connection stays.
FaultPlan::Action stalled_after(double share);

// One byte of the body, the answer's or, if it has one, the request's, arrives as another.
FaultPlan::Action damaged();

}  // namespace regtool
