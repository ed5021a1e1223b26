#include "daemon/http/admission.hpp"

namespace tessera::http {

Admission::Place::Place(Place&& other) noexcept : admission_(other.admission_), realm_(other.realm_)
{
    other.admission_ = nullptr;
}

Admission::Place::~Place()
{
    if (admission_ != nullptr) {
        admission_->leave(realm_);
    }
}

Admitted Admission::enter(std::string_view realm, Place& place)
{
    if (in_flight_ >= options_.in_flight_max) {
        return Admitted::process_full;
    }
    if (!realm.empty()) {
        // The element's address stays valid while others come and go.
        auto& entry = *realms_.try_emplace(std::string{realm}, 0).first;
        if (entry.second >= options_.realm_in_flight_max) {
            return Admitted::realm_full;
        }
        ++entry.second;
        place.realm_ = &entry;
    }
    ++in_flight_;
    place.admission_ = this;
    return Admitted::yes;
}

void Admission::leave(std::unordered_map<std::string, std::size_t>::value_type* realm)
{
    --in_flight_;
    if (realm != nullptr && --realm->second == 0) {
        realms_.erase(realm->first);
    }
}

}  // namespace tessera::http
