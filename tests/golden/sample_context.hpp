// What all samples share.
#pragma once

#include "daemon/page/page.hpp"
#include "tests/golden/samples.hpp"

namespace tessera::samples {

page::PageContext sample_context(page::Language language, const Say& say);
page::PageContext with(page::PageContext context, page::Problem problem);

}  // namespace tessera::samples
