/** Tables like those of the sample database Pagila. */
export const RENTALS_SCHEMA = `
CREATE TABLE actor (actor_id int PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL);
CREATE TABLE category (category_id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE film (film_id int PRIMARY KEY, title text NOT NULL, release_year int, rental_rate numeric NOT NULL, length int);
CREATE TABLE film_actor (actor_id int REFERENCES actor, film_id int REFERENCES film, PRIMARY KEY (actor_id, film_id));
CREATE TABLE film_category (film_id int REFERENCES film, category_id int REFERENCES category, PRIMARY KEY (film_id, category_id));
CREATE TABLE store (store_id int PRIMARY KEY, city text NOT NULL);
CREATE TABLE inventory (inventory_id int PRIMARY KEY, film_id int NOT NULL REFERENCES film, store_id int NOT NULL REFERENCES store);
CREATE TABLE customer (customer_id int PRIMARY KEY, store_id int NOT NULL REFERENCES store, name text NOT NULL, active boolean NOT NULL);
CREATE TABLE rental (rental_id int PRIMARY KEY, inventory_id int NOT NULL REFERENCES inventory, customer_id int NOT NULL REFERENCES customer, rental_date timestamp NOT NULL, return_date timestamp);
CREATE TABLE payment (payment_id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, rental_id int REFERENCES rental, amount numeric NOT NULL);
CREATE VIEW film_list AS SELECT f.film_id, f.title, c.name AS category, f.rental_rate AS price FROM film f LEFT JOIN film_category fc USING (film_id) LEFT JOIN category c USING (category_id);
CREATE VIEW sales_by_store AS SELECT s.store_id, s.city, sum(p.amount) AS total FROM payment p JOIN rental r ON r.rental_id = p.rental_id JOIN inventory i ON i.inventory_id = r.inventory_id JOIN store s ON s.store_id = i.store_id GROUP BY s.store_id, s.city;
CREATE MATERIALIZED VIEW best_films AS SELECT i.film_id, count(*) AS rentals FROM rental r JOIN inventory i USING (inventory_id) GROUP BY i.film_id;
CREATE FUNCTION film_in_stock(film int, store int) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM inventory i WHERE i.film_id = film AND i.store_id = store AND NOT EXISTS (SELECT FROM rental r WHERE r.inventory_id = i.inventory_id AND r.return_date IS NULL)';
CREATE FUNCTION customer_balance(customer int) RETURNS numeric LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT sum(amount) FROM payment WHERE customer_id = customer); END';
`

export const RENTALS: Readonly<
  Record<string, readonly [params: Readonly<Record<string, 'int' | 'text'>>, sql: string]>
> = {
  'films of an actor': [
    { actor: 'int' },
    'SELECT f.title FROM film f JOIN film_actor fa USING (film_id) WHERE fa.actor_id = :actor ORDER BY 1',
  ],
  'actors of a film': [
    { film: 'int' },
    'SELECT a.first_name, a.last_name FROM actor a WHERE a.actor_id IN (SELECT actor_id FROM film_actor WHERE film_id = :film)',
  ],
  'films of a category': [
    { category: 'int' },
    'SELECT count(*) AS films, max(f.length) AS longest FROM film f JOIN film_category fc ON fc.film_id = f.film_id WHERE fc.category_id = :category',
  ],
  'a film of the list': [
    { film: 'int' },
    'SELECT title, category, price FROM film_list WHERE film_id = :film',
  ],
  'films of a named category': [
    { category: 'text' },
    'SELECT title FROM film_list WHERE category = :category',
  ],
  'open rentals of a customer': [
    { customer: 'int' },
    'SELECT f.title, r.rental_date FROM rental r JOIN inventory i USING (inventory_id) JOIN film f USING (film_id) WHERE r.customer_id = :customer AND r.return_date IS NULL',
  ],
  'customers of a store that never rented': [
    { store: 'int' },
    'SELECT c.name FROM customer c WHERE c.store_id = :store AND NOT EXISTS (SELECT FROM rental r WHERE r.customer_id = c.customer_id)',
  ],
  'sales of a store': [{ store: 'int' }, 'SELECT total FROM sales_by_store WHERE store_id = :store'],
  'sales of a city': [{ city: 'text' }, 'SELECT sum(total) AS total FROM sales_by_store WHERE city = :city'],
  'payments above the average': [
    { customer: 'int' },
    'SELECT payment_id, amount FROM payment p WHERE customer_id = :customer AND amount > (SELECT avg(amount) FROM payment q WHERE q.customer_id = p.customer_id)',
  ],
  'payments above that of all': [
    { customer: 'int' },
    'SELECT payment_id, amount FROM payment WHERE customer_id = :customer AND amount > (SELECT avg(amount) FROM payment)',
  ],
  'rank of a film': [
    { film: 'int' },
    'SELECT t.place FROM (SELECT film_id, rank() OVER (ORDER BY rental_rate DESC) AS place FROM film) t WHERE t.film_id = :film',
  ],
  'stock of a film': [{ film: 'int', store: 'int' }, 'SELECT film_in_stock(:film, :store) AS copies'],
  'balance of a customer': [
    { customer: 'int' },
    'SELECT name, customer_balance(customer_id) AS balance FROM customer WHERE customer_id = :customer',
  ],
  'best films of an actor': [
    { actor: 'int' },
    'SELECT b.film_id, b.rentals FROM best_films b JOIN film_actor fa ON fa.film_id = b.film_id WHERE fa.actor_id = :actor',
  ],
}
