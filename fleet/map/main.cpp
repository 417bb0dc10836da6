// SPDX-License-Identifier: GPL-2.0-or-later
// keepalive-map: what kUsage says. It is one stage of the fleet (docs/fleet.md), and reads and writes files only.
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <vector>

#include "check.h"
#include "deal.h"
#include "feed.h"
#include "hash.h"
#include "wireshark.h"

namespace {

constexpr const char* kUsage =
    "usage: keepalive-map deal LIST PARTITIONS\n"
    "       keepalive-map feed LIST PARTITION FIRST LAST [CONNECTION...] > CAPTURE\n"
    "       keepalive-map check CAPTURE...\n"
    "\n"
    "deal  LIST names captures, in any format that Wireshark reads, and outputs, by turns. Writes the TCP headers of each\n"
    "      capture to its output, dealt to so many partitions by the addresses of the two hosts. Prints for each, in\n"
    "      JSON on one line, what it read and what was wrong with the file.\n"
    "feed  writes a partition of all the outputs that LIST names as one capture, which begins at FIRST and ends at LAST\n"
    "      (nanoseconds since 1970); with CONNECTION, as '192.0.2.1 38710 192.0.2.2 443', no other connections.\n"
    "\n"
    "check compares what it finds in each packet itself with what Wireshark's dissectors find, and names the packets in\n"
    "      which that is not the same. Packets that it would leave to Wireshark's dissectors are counted only.\n"
    "\n"
    "The names in LIST end with a NUL, as find -print0 writes them.\n"
    "\n"
    "Fails if an output cannot be written, or if check finds a difference. For deal and feed, a damaged capture is no "
    "failure: all before the damage is used.\n";

struct Usage {};

template <class Number>
Number number(const char* text) {
    Number value{};
    const char* end = text + std::strlen(text);
    const auto [stopped, error] = std::from_chars(text, end, value);
    if (error != std::errc() || stopped != end)
        throw Usage();
    return value;
}

// Names of files and what is said of them may have any octets.
std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char each : text) {
        const auto octet = static_cast<unsigned char>(each);
        if (each == '"' || each == '\\') {
            result += '\\';
            result += each;
        } else if (octet < 0x20 || octet == 0x7f) {
            std::array<char, 8> code{};
            std::snprintf(code.data(), code.size(), "\\u%04x", octet);
            result += code.data();
        } else {
            result += each;
        }
    }
    return result + '"';
}

void print(const fleet::Account& account) {
    std::cout << "{\"state\": " << quoted(account.state) << ", \"message\": " << quoted(account.message)
              << ", \"frames\": " << account.frames << ", \"segments\": " << account.segments
              << ", \"deep_frames\": " << account.deep_frames << ", \"first\": " << account.first
              << ", \"last\": " << account.last << ", \"shares\": {";
    const char* separator = "";
    for (std::size_t partition = 0; partition < account.shares.size(); ++partition) {
        const fleet::Share& share = account.shares[partition];
        if (share.segments == 0)
            continue;
        std::cout << separator << '"' << partition << "\": [" << share.segments << ", " << share.first << ", " << share.last
                  << ']';
        separator = ", ";
    }
    std::cout << "}}" << std::endl;
    if (!std::cout)
        throw std::runtime_error("cannot print");
}

std::vector<std::string> names_in(const char* path) {
    std::ifstream file(path);
    std::vector<std::string> names;
    for (std::string name; std::getline(file, name, '\0');)
        names.push_back(name);
    if (!file.eof())
        throw std::runtime_error(std::string(path) + ": cannot be read");
    return names;
}

// libwireshark heeds WIRESHARK_DATA_DIR unless root starts it; who starts it, it asks here, and never again. Where root may
// not change, in some containers, the names are read.
void init_policies_as_nobody() {
    constexpr uid_t kNobody = 65534;
    uid_t user = 0, effective_user = 0, saved_user = 0;
    gid_t group = 0, effective_group = 0, saved_group = 0;
    const bool is_known = getresuid(&user, &effective_user, &saved_user) == 0 &&
                          getresgid(&group, &effective_group, &saved_group) == 0 && effective_user == 0;
    const bool has_other_group = is_known && setresgid(kNobody, kNobody, effective_group) == 0;
    const bool is_other_user = is_known && setresuid(kNobody, kNobody, effective_user) == 0;
    init_process_policies();
    if ((is_other_user && setresuid(user, effective_user, saved_user) != 0) ||
        (has_other_group && setresgid(group, effective_group, saved_group) != 0))
        throw std::runtime_error("cannot be root again");
}

void start_wiretap() {
    // A user's settings are to have no part in what is found.
    setenv("HOME", "/nonexistent", 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("WIRESHARK_CONFIG_DIR");
    // Nor have names of vendors and services, which libwireshark reads, and never frees, for each file: 12 MB of them.
    setenv("WIRESHARK_DATA_DIR", "/nonexistent", 1);
    fleet::begin_log();
    fleet::begin_reports();
    init_policies_as_nobody();
    fleet::begin_files();
    wtap_init(false);
}

void check(const std::vector<std::string>& captures) {
    bool is_same = true;
    for (const std::string& capture : captures) {
        const fleet::Comparison comparison = fleet::check(capture);
        std::cout << capture << ": " << comparison.frames << " packets, " << comparison.left
                  << " left to Wireshark's dissectors, " << comparison.differing.size() << " differ" << std::endl;
        for (const std::uint64_t frame : comparison.differing)
            std::cout << capture << ": packet " << frame << " differs" << std::endl;
        is_same = is_same && comparison.differing.empty();
    }
    if (!is_same)
        throw std::runtime_error("not the same as what Wireshark's dissectors find");
}

void run(int count, char** words) {
    const std::string command = count > 1 ? words[1] : "";
    if (command == "deal" && count == 4) {
        const auto partitions = number<std::uint32_t>(words[3]);
        const std::vector<std::string> paths = names_in(words[2]);
        if (partitions == 0 || paths.size() % 2 != 0)
            throw Usage();
        start_wiretap();
        for (std::size_t place = 0; place < paths.size(); place += 2)
            print(fleet::deal(paths[place], paths[place + 1], partitions));
        wtap_cleanup();
    } else if (command == "feed" && count >= 6) {
        std::unordered_set<std::uint64_t> connections;
        for (int place = 6; place < count; ++place)
            connections.insert(fleet::hash_of_connection(std::string(words[place])));
        fleet::feed(names_in(words[2]), number<std::uint32_t>(words[3]), number<std::int64_t>(words[4]),
                    number<std::int64_t>(words[5]), connections, stdout);
    } else if (command == "check" && count >= 3) {
        start_wiretap();
        check(std::vector<std::string>(words + 2, words + count));
    } else {
        throw Usage();
    }
}

}  // namespace

int main(int count, char** words) {
    try {
        run(count, words);
        return 0;
    } catch (const Usage&) {
        std::fputs(kUsage, stderr);
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "keepalive-map: %s\n", error.what());
        return 1;
    }
}
