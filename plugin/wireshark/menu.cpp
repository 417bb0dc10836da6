// SPDX-License-Identifier: GPL-2.0-or-later
#include "menu.h"

#include "capture.h"
#include "compat.h"
#include "tcp_conversation.h"

namespace keepalive {

namespace {

constexpr const char* kStory = "keepalive && tcp.stream == %u";

// The packet that is selected in the window.
struct Selection {
    std::uint32_t frame = 0;
    std::uint32_t connection = 0;  // tcp.stream
    bool is_tcp = false;
};

void* read_selection(capture_file* file, void* selection_data) {
    auto& selection = *static_cast<Selection*>(selection_data);
    if (file == nullptr || file->current_frame == nullptr || file->edt == nullptr)
        return nullptr;
    selection.frame = file->current_frame->num;
    selection.is_tcp = find_tcp_stream(&file->edt->pi, selection.connection);
    return nullptr;
}

// False where no TCP packet is selected; then the user has been told.
bool find_selection(Selection& selection) {
    plugin_if_get_capture_file(read_selection, &selection);
    if (!selection.is_tcp)
        report_warning("Select a packet of a TCP connection first.");
    return selection.is_tcp;
}

void* is_hidden(capture_file* file, void* frame) {
    const frame_data* found = file == nullptr || file->provider.frames == nullptr
                                  ? nullptr
                                  : frame_data_sequence_find(file->provider.frames, *static_cast<std::uint32_t*>(frame));
    return found != nullptr && found->passed_dfilter == 0 ? frame : nullptr;
}

void filter(const char* format, std::uint32_t connection) {
    char* expression = g_strdup_printf(format, connection);
    plugin_if_apply_filter(expression, true);
    g_free(expression);
}

// Wireshark does not go to a frame that its display filter hides.
void go_to(std::uint32_t frame, std::uint32_t connection) {
    if (plugin_if_get_capture_file(is_hidden, &frame) != nullptr)
        filter("tcp.stream == %u", connection);
    plugin_if_goto_frame(frame);
}

bool is_probe_of(const Record& record, std::uint32_t connection) {
    return record.type == Type::Probe && record.connection == connection;
}

// The connection's probes next to the selected frame; null where there is none.
const Record* probe_before(const Selection& selection) {
    const Record* found = nullptr;
    for (unsigned index = 0; index < record_count() && record_at(index).frame < selection.frame; ++index)
        if (is_probe_of(record_at(index), selection.connection))
            found = &record_at(index);
    return found;
}

const Record* probe_after(const Selection& selection) {
    for (unsigned index = 0; index < record_count(); ++index)
        if (record_at(index).frame > selection.frame && is_probe_of(record_at(index), selection.connection))
            return &record_at(index);
    return nullptr;
}

// The probe that the selected frame is, or else the last one before it.
const Record* probe_at(Selection selection) {
    ++selection.frame;
    return probe_before(selection);
}

void on_filter(ext_menubar_gui_type /*gui*/, gpointer /*object*/, gpointer /*data*/) {
    if (Selection selection; find_selection(selection))
        filter(kStory, selection.connection);
}

void on_previous(ext_menubar_gui_type /*gui*/, gpointer /*object*/, gpointer /*data*/) {
    Selection selection;
    if (!find_selection(selection))
        return;
    if (const Record* probe = probe_before(selection); probe != nullptr)
        go_to(probe->frame, selection.connection);
    else
        report_warning("No keep-alive probe of this connection comes before frame %u.", selection.frame);
}

void on_next(ext_menubar_gui_type /*gui*/, gpointer /*object*/, gpointer /*data*/) {
    Selection selection;
    if (!find_selection(selection))
        return;
    if (const Record* probe = probe_after(selection); probe != nullptr)
        go_to(probe->frame, selection.connection);
    else
        report_warning("No keep-alive probe of this connection comes after frame %u.", selection.frame);
}

void on_last_activity(ext_menubar_gui_type /*gui*/, gpointer /*object*/, gpointer /*data*/) {
    Selection selection;
    if (!find_selection(selection))
        return;
    const Record* probe = probe_at(selection);
    if (probe == nullptr)
        report_warning("No keep-alive probe of this connection comes before frame %u.", selection.frame);
    else if (probe->last_activity == 0)
        report_warning("The capture began when the connection was idle already.");
    else
        go_to(probe->last_activity, selection.connection);
}

// For a right click on a packet, Conversation Filter. Releases differ in whether they say once more whose filter it is.
template <class... Data>
ws_bool is_of_a_connection(packet_info* pinfo, Data... /*data*/) {
    std::uint32_t connection = 0;
    return find_tcp_stream(pinfo, connection);
}

template <class... Data>
char* filter_of_connection(packet_info* pinfo, Data... /*data*/) {
    std::uint32_t connection = 0;
    return find_tcp_stream(pinfo, connection) ? g_strdup_printf(kStory, connection) : nullptr;
}

char* guide_in(const char* data_directory) {
    char* path = g_build_filename(data_directory, "doc", "wireshark-keepalive", "docs", "guide.html", nullptr);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    g_free(path);
    return nullptr;
}

// Where an installation for one user, or for everyone, puts the guide; null if this is none.
char* installed_guide() {
    char* path = guide_in(g_get_user_data_dir());
    for (const char* const* each = g_get_system_data_dirs(); path == nullptr && *each != nullptr; ++each)
        path = guide_in(*each);
    return path;
}

void add_guide(ext_menu_t* menu) {
    char* path = installed_guide();
    char* address = path == nullptr ? nullptr : g_filename_to_uri(path, nullptr, nullptr);
    if (address != nullptr) {
        ext_menubar_add_separator(menu);
        ext_menubar_add_website(menu, "Guide", "What to look at for which question", address);
    }
    g_free(address);
    g_free(path);
}

}  // namespace

void register_menu(int protocol) {
    ext_menu_t* menu = ext_menubar_register_menu(protocol, "TCP Keep-Alive", true);
    ext_menubar_set_parentmenu(menu, "Tools");
    ext_menubar_add_entry(menu, "Keep-Alives of This Connection",
                          "Show nothing but the keep-alives of the selected packet's connection", on_filter, nullptr);
    ext_menubar_add_separator(menu);
    ext_menubar_add_entry(menu, "Previous Probe", "Go to the connection's probe before the selected packet", on_previous,
                          nullptr);
    ext_menubar_add_entry(menu, "Next Probe", "Go to the connection's probe after the selected packet", on_next, nullptr);
    ext_menubar_add_entry(menu, "Last Activity", "Go to the packet after which the connection was idle", on_last_activity,
                          nullptr);
    add_guide(menu);
    add_conversation_filter(is_of_a_connection, filter_of_connection, 0);
}

}  // namespace keepalive
