// SPDX-License-Identifier: GPL-2.0-or-later
// Every header of Wireshark that the map needs, and every difference between the supported releases (3.4, 4.0, 4.4, 4.6),
// found by what a release has rather than by its number.
#ifndef KEEPALIVE_FLEET_WIRESHARK_H
#define KEEPALIVE_FLEET_WIRESHARK_H

#include <algorithm>
#include <cstdint>  // 3.4's headers need it and do not include it
#include <type_traits>
#include <utility>

#include <ws_symbol_export.h>

#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/frame_data.h>
#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/tvbuff.h>

#include <epan/dissectors/packet-ip.h>

#include <wiretap/wtap.h>
#include <wsutil/buffer.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/report_message.h>
#if __has_include(<wsutil/wslog.h>)  // not in 3.4
#include <wsutil/wslog.h>
#define KEEPALIVE_FLEET_HAS_LOG 1
#endif

struct report_message_routines;  // 3.4 takes the functions one by one

namespace fleet {

#ifdef KEEPALIVE_FLEET_HAS_LOG
// Until it is set up, the log of 4.0 and later prints every block that wiretap reads.
template <class Init>
auto begin_log(Init init, int /*first choice*/) -> decltype(init("keepalive-map", nullptr)) {
    init("keepalive-map", nullptr);
}
template <class Init>
auto begin_log(Init init, long /*second*/) -> decltype(init(nullptr)) {
    init(nullptr);
}
inline void begin_log() {
    begin_log(ws_log_init, 0);
}
#else
inline void begin_log() {}
#endif

// What libwireshark complains of through these is a user's configuration. Without them it crashes where it would complain.
template <class... Arguments>
void ignore(Arguments... /*arguments*/) {}

template <class Routines, class Init>
auto begin_reports(Init init, int /*first choice*/)
    -> decltype(init("keepalive-map", static_cast<const Routines*>(nullptr))) {
    static Routines routines{};
    routines.vreport_failure = ignore;
    routines.vreport_warning = ignore;
    routines.report_open_failure = ignore;
    routines.report_read_failure = ignore;
    routines.report_write_failure = ignore;
    routines.report_cfile_open_failure = ignore;
    routines.report_cfile_dump_open_failure = ignore;
    routines.report_cfile_read_failure = ignore;
    routines.report_cfile_write_failure = ignore;
    routines.report_cfile_close_failure = ignore;
    init("keepalive-map", &routines);
}
template <class Routines, class Init>
auto begin_reports(Init init, long /*second*/)
    -> decltype(init(ignore, ignore, static_cast<void (*)(const char*, int, gboolean)>(ignore), ignore, ignore)) {
    init(ignore, ignore, static_cast<void (*)(const char*, int, gboolean)>(ignore), ignore, ignore);
}
inline void begin_reports() {
    begin_reports<report_message_routines>(init_report_message, 0);
}

// 3.4 has nothing to take back before a record is read into again.
template <class Record>
auto reset(Record* record, int /*first choice*/) -> decltype(wtap_rec_reset(record)) {
    wtap_rec_reset(record);
}
template <class Record>
void reset(Record* /*record*/, ...) {}

// Where libwireshark looks for its files; it is told what went wrong with that, which matters to nobody here.
template <class Init>
auto begin_files(Init init, int /*first choice*/) -> decltype(init(nullptr, nullptr)) {
    return init(nullptr, nullptr);
}
template <class Init>
auto begin_files(Init init, long /*second*/) -> decltype(init(nullptr)) {
    return init(nullptr);
}
#ifdef KEEPALIVE_FLEET_HAS_LOG
inline void begin_files() {
    g_free(begin_files(configuration_init, 0));
}
#else
inline void begin_files() {
    g_free(begin_files(init_progfile_dir, 0));
}
#endif

// A record of a capture file, and its octets. Since 4.6 the record itself has them.
template <class Record, class = void>
class RecordAndOctets {
public:
    RecordAndOctets() {
        wtap_rec_init(&record_);
        ws_buffer_init(&octets_, 0);
    }
    ~RecordAndOctets() {
        wtap_rec_cleanup(&record_);
        ws_buffer_free(&octets_);
    }
    RecordAndOctets(const RecordAndOctets&) = delete;
    RecordAndOctets& operator=(const RecordAndOctets&) = delete;
    bool read(wtap* file, int* error, char** detail) {
        gint64 offset = 0;
        reset(&record_, 0);
        return wtap_read(file, &record_, &octets_, error, detail, &offset);
    }
    const Record& record() const { return record_; }
    Record& record() { return record_; }
    const std::uint8_t* octets() const { return ws_buffer_start_ptr(&octets_); }

protected:
    Buffer& buffer() { return octets_; }

private:
    Record record_{};
    Buffer octets_{};
};

template <class Record>
class RecordAndOctets<Record, std::void_t<decltype(std::declval<Record>().data)>> {
public:
    RecordAndOctets() { wtap_rec_init(&record_, 0); }
    ~RecordAndOctets() { wtap_rec_cleanup(&record_); }
    RecordAndOctets(const RecordAndOctets&) = delete;
    RecordAndOctets& operator=(const RecordAndOctets&) = delete;
    bool read(wtap* file, int* error, char** detail) {
        gint64 offset = 0;
        reset(&record_, 0);
        return wtap_read(file, &record_, error, detail, &offset);
    }
    const Record& record() const { return record_; }
    Record& record() { return record_; }
    const std::uint8_t* octets() const { return ws_buffer_start_ptr(&record_.data); }

protected:
    Buffer& buffer() { return record_.data; }

private:
    Record record_{};
};

// Since 4.6 a record has a name, which the dissectors insist on.
template <class Record>
auto copy_name(Record* to, const Record& from, int /*first choice*/) -> decltype(to->rec_type_name = from.rec_type_name) {
    return to->rec_type_name = from.rec_type_name;
}
template <class Record>
void copy_name(Record* /*to*/, const Record& /*from*/, ...) {}

struct CloseCapture {
    void operator()(wtap* file) const { wtap_close(file); }
};

class Packet : public RecordAndOctets<wtap_rec> {
public:
    Packet() = default;
    // As far as dissectors look at it.
    Packet(const wtap_rec& packet, const std::uint8_t* octets) {
        record().rec_type = packet.rec_type;
        record().presence_flags = packet.presence_flags;
        record().ts = packet.ts;
        record().tsprec = packet.tsprec;
        record().rec_header = packet.rec_header;
        copy_name(&record(), packet, 0);
        const std::size_t length = packet.rec_header.packet_header.caplen;
        ws_buffer_assure_space(&buffer(), length);
        std::copy_n(octets, length, ws_buffer_end_ptr(&buffer()));
        ws_buffer_increase_length(&buffer(), length);
    }
};

// Since 4.6 the record has the octets that are dissected.
template <class Record>
auto dissect(epan_dissect_t* dissection, int type, Record* record, tvbuff_t* octets, frame_data* frame, int /*first choice*/)
    -> decltype(epan_dissect_run(dissection, type, record, octets, frame, nullptr)) {
    epan_dissect_run(dissection, type, record, octets, frame, nullptr);
}
template <class Record>
auto dissect(epan_dissect_t* dissection, int type, Record* record, tvbuff_t* octets, frame_data* frame, long /*second*/)
    -> decltype(epan_dissect_run(dissection, type, record, frame, nullptr)) {
    tvb_free(octets);
    epan_dissect_run(dissection, type, record, frame, nullptr);
}

}  // namespace fleet

#endif
