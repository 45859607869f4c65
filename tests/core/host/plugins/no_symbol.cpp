#include <regtool/plugin.hpp>

extern "C" REGTOOL_PLUGIN_EXPORT const int something_else;
const int something_else = 1;
