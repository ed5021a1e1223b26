// Writes every hosted page with sample data: usage: page_samples golden | page_samples DIRECTORY
//
// "golden" writes the files that the unit test compares with. A directory gets <language>/<name>.html and .headers, and what
// the pages load, for a browser.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "daemon/page/branding.hpp"
#include "daemon/page/embedded.hpp"
#include "tests/golden/samples.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tessera;

void write(const fs::path& path, std::string_view content)
{
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << content;
}

void write_golden(const fs::path& root)
{
    for (const page::Language language : page::languages) {
        for (const samples::Sample& sample : samples::all_samples(language)) {
            if (samples::is_golden(language, sample.name)) {
                write(root / page::tag_of(language) / (sample.name + ".html"),
                      samples::without_versions(sample.response.body));
            }
        }
    }
}

void write_for_browser(const fs::path& root)
{
    for (const page::Language language : page::languages) {
        for (const samples::Sample& sample : samples::all_samples(language)) {
            std::string headers = std::to_string(sample.response.status) + '\n';
            for (const http::Header& header : sample.response.headers) {
                headers += header.name + ": " + header.value + '\n';
            }
            const fs::path stem = root / page::tag_of(language) / sample.name;
            write(stem.string() + ".html", sample.response.body);
            write(stem.string() + ".headers", headers);
        }
    }
    for (const page::Asset& asset : page::embedded_assets()) {
        write(root / "assets" / asset.name, asset.content);
    }
    page::Branding branded;
    branded.primary = page::parse_colour("#ffd400");
    branded.accent = page::parse_colour("#b9f6ca");
    write(root / "assets" / "plain.css", page::brand_css({}));
    write(root / "assets" / "branded.css", page::brand_css(branded));
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "usage: page_samples golden|DIRECTORY\n";
        return 2;
    }
    if (std::string_view{argv[1]} == "golden") {
        write_golden(samples::golden_directory());
    } else {
        write_for_browser(argv[1]);
    }
    return 0;
}
