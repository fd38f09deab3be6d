# What `cmake --install` lays down: the command, libtamis, the headers, a CMake package and pkg-config
# files for plugin authors and embedders, and the data, Lua and pipelines that ship.
include(CMakePackageConfigHelpers)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/shared.c CONTENT
  "typedef int tamis_shared_library_has_a_source_file;\n")
add_library(libtamis SHARED ${CMAKE_BINARY_DIR}/generated/shared.c)
target_link_libraries(libtamis PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,tamis_core>)
target_include_directories(libtamis INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(libtamis PROPERTIES OUTPUT_NAME tamis EXPORT_NAME tamis
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})

# All that a plugin needs: the header and how to be compiled.
add_library(plugin INTERFACE)
target_include_directories(plugin INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

if(TARGET tamis)
  install(TARGETS tamis RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  # The man page and the completions come from the command's own tables.
  set(pages)
  foreach(word man bash zsh fish)
    set(page ${CMAKE_BINARY_DIR}/generated/pages/tamis.${word})
    add_custom_command(OUTPUT ${page} COMMAND tamis help ${word} > ${page} DEPENDS tamis VERBATIM)
    list(APPEND pages ${page})
  endforeach()
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/pages)
  add_custom_target(pages ALL DEPENDS ${pages})
  set(page ${CMAKE_BINARY_DIR}/generated/pages/tamis)
  install(FILES ${page}.man DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 RENAME tamis.1)
  install(FILES ${page}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME tamis)
  install(FILES ${page}.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
    RENAME _tamis)
  install(FILES ${page}.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
    RENAME tamis.fish)

  # Gazetteers and lists of words that ship, compiled: a stage maps them instead of compiling them at each start.
  set(images ${CMAKE_BINARY_DIR}/images)
  file(GLOB gazetteers CONFIGURE_DEPENDS plugins/weapons/data/*.tsv
    plugins/boilerplate/data/phrases.tsv)
  set(commands)
  foreach(gazetteer ${gazetteers})
    list(APPEND commands COMMAND tamis gazetteer compile ${gazetteer} -o ${images})
  endforeach()
  add_custom_command(OUTPUT ${images}.made
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${images}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${images}
    ${commands}
    COMMAND ${CMAKE_COMMAND} -E touch ${images}.made
    DEPENDS tamis ${gazetteers} VERBATIM)
  add_custom_target(images ALL DEPENDS ${images}.made)
  install(DIRECTORY ${images} DESTINATION ${CMAKE_INSTALL_DATADIR}/tamis OPTIONAL)
endif()
install(TARGETS libtamis plugin EXPORT tamis LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT tamis NAMESPACE tamis:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tamis
  FILE tamisTargets.cmake)
install(DIRECTORY include/tamis DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY DESTINATION ${CMAKE_INSTALL_LIBDIR}/tamis/plugins)
foreach(name ${TAMIS_PLUGIN_NAMES})
  install(DIRECTORY plugins/${name}/data DESTINATION ${CMAKE_INSTALL_DATADIR}/tamis/plugins/${name}
    OPTIONAL)
endforeach()
install(DIRECTORY lua/ DESTINATION ${CMAKE_INSTALL_DATADIR}/tamis/lua OPTIONAL)
install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DATADIR}/tamis/examples)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/tamisConfig.cmake CONTENT
[[include("${CMAKE_CURRENT_LIST_DIR}/tamisTargets.cmake")
# tamis_add_plugin(NAME source.c ...): a plugin NAME.so that exports its entry and nothing else.
function(tamis_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE tamis::plugin)
  target_link_options(${name} PRIVATE -Wl,-z,defs -Wl,--exclude-libs,ALL)
  set_target_properties(${name} PROPERTIES PREFIX "" C_STANDARD 11 C_VISIBILITY_PRESET hidden)
endfunction()
]] @ONLY)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/tamisConfigVersion.cmake
  COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/generated/tamisConfig.cmake
  ${CMAKE_BINARY_DIR}/generated/tamisConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tamis)

# The files for pkg-config name what lies beside them, so that `cmake --install --prefix` and moved trees work.
set(pc_prefix ${CMAKE_INSTALL_PREFIX})
set(pc_libdir ${CMAKE_INSTALL_FULL_LIBDIR})
set(pc_includedir ${CMAKE_INSTALL_FULL_INCLUDEDIR})
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  file(RELATIVE_PATH pc_up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
  string(REGEX REPLACE "/$" "" pc_up "${pc_up}")
  set(pc_prefix "\${pcfiledir}/${pc_up}")
  set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/tamis-plugin.pc CONTENT
"prefix=@pc_prefix@
plugindir=@pc_libdir@/tamis/plugins

Name: tamis-plugin
Description: what a plugin of tamis is built with (ABI 1.0)
Version: @PROJECT_VERSION@
Cflags: -I@pc_includedir@ -std=c11 -fPIC -fvisibility=hidden
Libs: -shared -Wl,-z,defs -Wl,--exclude-libs,ALL
" @ONLY)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/tamis.pc CONTENT
"prefix=@pc_prefix@

Name: tamis
Description: libtamis, text-sieving pipelines for other programs
Version: @PROJECT_VERSION@
Cflags: -I@pc_includedir@
Libs: -L@pc_libdir@ -ltamis
" @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/generated/tamis-plugin.pc ${CMAKE_BINARY_DIR}/generated/tamis.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
