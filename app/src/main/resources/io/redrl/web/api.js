<p>api.js</p>
