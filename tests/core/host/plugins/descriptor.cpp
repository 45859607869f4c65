// A descriptor that is wrong in the one place that the build names.

#include <regtool/plugin.hpp>

#ifndef MAGIC
#define MAGIC regtool::plugin_magic
#endif
#ifndef ABI
#define ABI regtool::plugin_abi
#endif
#ifndef TOOLCHAIN
#define TOOLCHAIN regtool::plugin_toolchain
#endif

extern "C" REGTOOL_PLUGIN_EXPORT const regtool::PluginDescriptor regtool_plugin;
const regtool::PluginDescriptor regtool_plugin{MAGIC, ABI, TOOLCHAIN, "auth-descriptor", "1.0", nullptr};
