//! Entity tables: 32-bit handles, free lists, and in debug builds generations that catch the use of an erased entity.

macro_rules! entity {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name {
            index: std::num::NonZeroU32,
            #[cfg(debug_assertions)]
            generation: u32,
        }
        impl $name {
            /// A dense number below the table's size, for side tables.
            pub fn index(self) -> usize {
                self.index.get() as usize - 1
            }
        }
        impl crate::entity::Key for $name {
            fn make(index: usize, _generation: u32) -> Self {
                Self {
                    index: std::num::NonZeroU32::MIN.saturating_add(index as u32),
                    #[cfg(debug_assertions)]
                    generation: _generation,
                }
            }
            fn index(self) -> usize {
                $name::index(self)
            }
            #[cfg(debug_assertions)]
            fn generation(self) -> u32 {
                self.generation
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}{}", stringify!($name).to_ascii_lowercase(), self.index())
            }
        }
    };
}
pub(crate) use entity;

pub(crate) trait Key: Copy {
    fn make(index: usize, generation: u32) -> Self;
    fn index(self) -> usize;
    #[cfg(debug_assertions)]
    fn generation(self) -> u32;
}

struct Slot<T> {
    item: Option<T>,
    #[cfg(debug_assertions)]
    generation: u32,
}

pub(crate) struct Table<K, T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
    key: std::marker::PhantomData<fn() -> K>,
}

impl<K: Key, T> Default for Table<K, T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), key: std::marker::PhantomData }
    }
}

impl<K: Key, T> Table<K, T> {
    pub fn insert(&mut self, item: T) -> K {
        if let Some(index) = self.free.pop() {
            let slot = &mut self.slots[index as usize];
            slot.item = Some(item);
            return self.key(index as usize);
        }
        self.slots.push(Slot {
            item: Some(item),
            #[cfg(debug_assertions)]
            generation: 0,
        });
        self.key(self.slots.len() - 1)
    }
    fn key(&self, index: usize) -> K {
        #[cfg(debug_assertions)]
        return K::make(index, self.slots[index].generation);
        #[cfg(not(debug_assertions))]
        K::make(index, 0)
    }
    pub fn remove(&mut self, key: K) -> T {
        self.check(key);
        let slot = &mut self.slots[key.index()];
        #[cfg(debug_assertions)]
        {
            slot.generation += 1;
        }
        self.free.push(key.index() as u32);
        slot.item.take().expect("the entity was erased")
    }
    #[inline]
    fn check(&self, _key: K) {
        #[cfg(debug_assertions)]
        assert_eq!(self.slots[_key.index()].generation, _key.generation(), "a handle of an erased entity");
    }
    #[inline]
    pub fn get(&self, key: K) -> &T {
        self.check(key);
        self.slots[key.index()].item.as_ref().expect("the entity was erased")
    }
    #[inline]
    pub fn get_mut(&mut self, key: K) -> &mut T {
        self.check(key);
        self.slots[key.index()].item.as_mut().expect("the entity was erased")
    }
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
    /// One more than the largest index in use.
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (K, &mut T)> {
        self.slots.iter_mut().enumerate().filter_map(|(i, s)| {
            #[cfg(debug_assertions)]
            let key = K::make(i, s.generation);
            #[cfg(not(debug_assertions))]
            let key = K::make(i, 0);
            Some((key, s.item.as_mut()?))
        })
    }
}
