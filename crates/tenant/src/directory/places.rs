//! The rooms of Contoso, and a list of rooms for each building.

use serde_json::{Map, Value, json};

/// A building's list of rooms.
pub(crate) struct RoomList {
    pub(crate) id: &'static str,
    pub(crate) address: &'static str,
    name: &'static str,
    street: &'static str,
    city: &'static str,
}

/// A room.
pub(crate) struct Room {
    pub(crate) id: &'static str,
    pub(crate) address: &'static str,
    name: &'static str,
    floor: i32,
    label: &'static str,
    capacity: i32,
    accessible: bool,
    video: Option<&'static str>,
    tags: &'static [&'static str],
    /// Index of its building in [`LISTS`].
    building: usize,
}

pub(crate) const LISTS: [RoomList; 2] = [
    RoomList {
        id: "b0000000-0000-0000-66f3-3332eca7ea01",
        address: "harbour@contoso.example",
        name: "Harbour building",
        street: "1 Harbour Street",
        city: "Hamburg",
    },
    RoomList {
        id: "b0000000-0000-0000-66f3-3332eca7ea02",
        address: "garden@contoso.example",
        name: "Garden building",
        street: "20 Garden Lane",
        city: "Vienna",
    },
];

pub(crate) const ROOMS: [Room; 5] = [
    Room {
        id: "c0000000-0000-0000-66f3-3332eca7ea01",
        address: "anchor@contoso.example",
        name: "Anchor",
        floor: 1,
        label: "101",
        capacity: 8,
        accessible: true,
        video: Some("Contoso Room System"),
        tags: &["whiteboard"],
        building: 0,
    },
    Room {
        id: "c0000000-0000-0000-66f3-3332eca7ea02",
        address: "beacon@contoso.example",
        name: "Beacon",
        floor: 3,
        label: "310",
        capacity: 24,
        accessible: true,
        video: Some("Contoso Room System"),
        tags: &["projector", "whiteboard"],
        building: 0,
    },
    Room {
        id: "c0000000-0000-0000-66f3-3332eca7ea03",
        address: "cabin@contoso.example",
        name: "Cabin",
        floor: 2,
        label: "204",
        capacity: 4,
        accessible: false,
        video: None,
        tags: &[],
        building: 0,
    },
    Room {
        id: "c0000000-0000-0000-66f3-3332eca7ea04",
        address: "orangery@contoso.example",
        name: "Orangery",
        floor: 0,
        label: "E2",
        capacity: 40,
        accessible: true,
        video: None,
        tags: &["stage"],
        building: 1,
    },
    Room {
        id: "c0000000-0000-0000-66f3-3332eca7ea05",
        address: "pergola@contoso.example",
        name: "Pergola",
        floor: 1,
        label: "110",
        capacity: 6,
        accessible: true,
        video: Some("Contoso Room System"),
        tags: &[],
        building: 1,
    },
];

impl RoomList {
    /// The list with this id or address.
    pub(crate) fn find(key: &str) -> Option<&'static Self> {
        LISTS.iter().find(|list| is(list.id, list.address, key))
    }

    /// The JSON of Graph.
    pub(crate) fn json(&self) -> Map<String, Value> {
        object(json!({
            "id": self.id,
            "displayName": self.name,
            "emailAddress": self.address,
            "address": self.place(),
            "geoCoordinates": null,
            "phone": null,
        }))
    }

    /// The rooms of the list.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = &'static Room> {
        let address = self.address;
        ROOMS
            .iter()
            .filter(move |room| LISTS[room.building].address == address)
    }

    fn place(&self) -> Value {
        json!({"street": self.street, "city": self.city, "state": "", "postalCode": "", "countryOrRegion": ""})
    }
}

impl Room {
    /// The room with this id or address.
    pub(crate) fn find(key: &str) -> Option<&'static Self> {
        ROOMS.iter().find(|room| is(room.id, room.address, key))
    }

    /// The JSON of Graph.
    pub(crate) fn json(&self) -> Map<String, Value> {
        let building = &LISTS[self.building];
        object(json!({
            "id": self.id,
            "displayName": self.name,
            "nickname": self.name,
            "emailAddress": self.address,
            "address": building.place(),
            "geoCoordinates": null,
            "phone": null,
            "building": building.name,
            "floorNumber": self.floor,
            "floorLabel": null,
            "label": self.label,
            "capacity": self.capacity,
            "bookingType": "standard",
            "audioDeviceName": null,
            "videoDeviceName": self.video,
            "displayDeviceName": null,
            "isWheelChairAccessible": self.accessible,
            "tags": self.tags,
        }))
    }
}

fn is(id: &str, address: &str, key: &str) -> bool {
    id.eq_ignore_ascii_case(key) || address.eq_ignore_ascii_case(key)
}

fn object(json: Value) -> Map<String, Value> {
    match json {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
