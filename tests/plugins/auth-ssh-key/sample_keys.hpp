#pragma once
// The key of RFC 8032, section 7.1, test 1, as ssh-keygen writes it, and others that are not for us.

#include <string_view>

namespace regtool::sample_keys {

inline constexpr std::string_view plain = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACDXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGgAAAJABAgMEAQID
BAAAAAtzc2gtZWQyNTUxOQAAACDXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg
AAAECdYbGd7/1aYLqESvSS7CzEREnFaXsyaRlwO6wDHK5/YNdamAGCsQq31Uv+08lkBzoO
4XLz2qYjJa8CGmj3B1EaAAAAB21lQGhlcmUBAgMEBQY=
-----END OPENSSH PRIVATE KEY-----
)";

inline constexpr std::string_view encrypted = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABDF2Op6HU
gSqHR6vp9xkqEcAAAABAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+
08lkBzoO4XLz2qYjJa8CGmj3B1EaAAAAkMM4fBkGOHdRmpHrCmpZmi6BCVhP5snOwVmQjs
LLUIY3oBxz4e7b3Z3Iy6b5BmGWYQs5+IaNRK5K+T7FulsA5Ba+Srpm2E00cjpyIYjBuY6F
Q5Zq84ahD7SChBwlhRfEkE5IJVcqEFOQeVwYtuTARZluuHdaBDYa1kYbTqIp+0XjoH3KIx
PmUdBdQJMAHgsypQ==
-----END OPENSSH PRIVATE KEY-----
)";

inline constexpr std::string_view passphrase = "open sesame";

inline constexpr std::string_view ecdsa = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQTwQ6ZZuc2Oo/Oo9Oz+fx1VTD3wVPF2
1daUZQJsRCUyMftQp//ncuMr/CAWOxb/ei4O3XB/Haed6tVQdnN2UdbRAAAAoA2Ze/YNmX
v2AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBPBDplm5zY6j86j0
7P5/HVVMPfBU8XbV1pRlAmxEJTIx+1Cn/+dy4yv8IBY7Fv96Lg7dcH8dp53q1VB2c3ZR1t
EAAAAhANY6t5dZMY/RPqiOESBfSzkC+sjVq6Fdw43WeTxTJA6sAAAAB3Jvb3RAdm0=
-----END OPENSSH PRIVATE KEY-----
)";

inline constexpr std::string_view public_base64 =
    "AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
inline constexpr std::string_view public_line =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea me@here";
inline constexpr std::string_view fingerprint = "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8";

}  // namespace regtool::sample_keys
